import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The result of the first request with an `Idempotency-Key`. `result` is null only inside that transaction. */
@Entity('idempotency_keys')
export class IdempotencyRecord {
  @PrimaryColumn({ name: 'owner_id', type: 'text' })
  ownerId!: string;

  @PrimaryColumn({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  fingerprint!: string;

  @Column({ type: 'text', nullable: true })
  result!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' })
  createdAt!: string;
}

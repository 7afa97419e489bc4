import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The result of the first request with an `Idempotency-Key`. `result` is null only inside that transaction. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_idx', ['createdAt'])
@Index('idempotency_keys_owner_created_idx', ['ownerId', 'createdAt'])
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

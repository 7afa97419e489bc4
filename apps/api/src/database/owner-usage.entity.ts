import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The rows that an owner has in all owned tables, and the bytes of text in them. `OwnedRepository` maintains it. */
@Entity('owner_usage')
export class OwnerUsage {
  @PrimaryColumn({ name: 'owner_id', type: 'text' })
  ownerId!: string;

  @Column({ type: 'bigint' })
  rows!: string;

  @Column({ type: 'bigint' })
  bytes!: string;
}

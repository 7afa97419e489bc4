import { Column, PrimaryColumn } from 'typeorm';

/**
 * The columns of every owned table. `ownerId` is the `sub` of the owner's token. It is the first column of the primary
 * key, so the rows of an owner are stored together and the table can be sharded by owner. The defaults serve inserts in
 * an owner scope. Columns with `select: false` are never sent to a client.
 */
export abstract class OwnedEntity {
  @PrimaryColumn({ name: 'owner_id', type: 'text', default: () => 'current_owner_id()' })
  ownerId!: string;

  /** UUID version 7 (RFC 9562), which sorts by creation time. */
  @PrimaryColumn({ type: 'uuid', default: () => 'uuid_v7()' })
  id!: string;

  /** Incremented by every update. Sent as the ETag. */
  @Column({ type: 'integer', default: 1 })
  version!: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'statement_timestamp()' })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'statement_timestamp()' })
  updatedAt!: string;
}

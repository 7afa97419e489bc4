import { Column, PrimaryColumn } from 'typeorm';

/**
 * The columns of every owned table. `ownerId` is the `sub` of the owner's token. It is the first column of the primary
 * key, so the rows of an owner are stored together and the table can be sharded by owner. Columns with `select: false`
 * are never sent to a client.
 */
export abstract class OwnedEntity {
  @PrimaryColumn({ name: 'owner_id', type: 'text', select: false })
  ownerId!: string;

  /** UUID version 7 (RFC 9562), which sorts by creation time. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  /** Incremented by every update. Sent as the ETag. */
  @Column({ type: 'integer', default: 1, select: false })
  version!: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: string;
}

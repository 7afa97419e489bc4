import { Column, PrimaryColumn } from 'typeorm';

/**
 * What every row of a user has. `ownerId` is the `sub` of the owner's token; it leads the primary key, so the rows of
 * one user lie together and the table can be distributed by it. Columns that are not selected never reach an answer.
 */
export abstract class OwnedEntity {
  @PrimaryColumn({ name: 'owner_id', type: 'text', select: false })
  ownerId!: string;

  /** UUID version 7 (RFC 9562): sorts by creation. */
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  /** Counts the changes of the row; the ETag of its representation. */
  @Column({ type: 'integer', default: 1, select: false })
  version!: number;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: string;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: string;
}

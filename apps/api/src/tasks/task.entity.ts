import { Column, Entity, Index } from 'typeorm';
import { OwnedEntity } from '../database/owned.entity.js';

/** The primary key (owner_id, id) serves lookups and sorting by creation. Other sort orders and search have indexes. */
@Entity('tasks')
@Index('tasks_owner_due_idx', ['ownerId', 'dueAt', 'id'])
@Index('tasks_owner_title_idx', ['ownerId', 'title', 'id'])
@Index('tasks_search_idx', { synchronize: false })
@Index('tasks_owner_open_idx', ['ownerId', 'id'], { where: 'NOT completed' })
@Index('tasks_owner_open_due_idx', ['ownerId', 'dueAt', 'id'], { where: 'NOT completed' })
@Index('tasks_owner_open_title_idx', ['ownerId', 'title', 'id'], { where: 'NOT completed' })
export class Task extends OwnedEntity {
  /** Sorted by the Unicode root collation (CLDR), which is the same on every server. */
  @Column({ type: 'text', collation: 'und-x-icu' })
  title!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'boolean', default: false })
  completed!: boolean;

  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, nullable: true })
  dueAt!: string | null;
}

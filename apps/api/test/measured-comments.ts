import type { Client } from 'pg';
import { Column, Entity } from 'typeorm';
import {
  columnDefinition,
  fieldIndexes,
  referenceStatistics,
} from '../../../tools/generate/fields/columns.js';
import { parseFields } from '../../../tools/generate/fields/fields.js';
import { parseName } from '../../../tools/generate/names.js';
import { OwnedEntity } from '../src/database/owned.entity.js';
import type { List } from './measured-repository.js';

/**
 * The columns of a generated module with a reference, a sort order and one whose values may be null. The name of the table
 * is one that no product generates.
 */
@Entity('measured_comments')
export class Comment extends OwnedEntity {
  @Column({ name: 'task_id', type: 'uuid' })
  taskId!: string;

  @Column({ type: 'text' })
  title!: string;

  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, nullable: true })
  dueAt!: string | null;
}

const TASK = '01900000-0000-7000-8000-000000000001';

/** Lists of the comments of one task whose pages must all cost the same. */
export const commentLists: List<Comment>[] = (
  ['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'] as const
).map((sort) => ({ sort, where: { taskId: TASK } }));

/**
 * Creates a table of comments with the columns, indexes and statistics of the generator. A tenth of its rows is of `user-1`,
 * and six tenths of these are of one task. All other tasks have few, so that PostgreSQL expects few comments of a task that
 * it doesn't know. The indexes follow the rows, as in a restored dump.
 */
export async function createComments(client: Client, rows: number): Promise<void> {
  const names = parseName('measured-comments');
  const fields = parseFields('task:ref(tasks) title:string dueAt:timestamp?');
  const columns = fields.map((field) => columnDefinition(names, field));
  await client.query(
    `CREATE TABLE measured_comments (
       owner_id text NOT NULL, id uuid NOT NULL, version integer NOT NULL DEFAULT 1,
       created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL, ${columns.join(', ')}
     )`,
  );
  await client.query(
    `INSERT INTO measured_comments (owner_id, id, task_id, title, due_at, created_at, updated_at)
     SELECT CASE WHEN n % 10 = 0 THEN 'user-1' ELSE 'user-' || 2 + n % 9000 END,
            ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
            ('01900000-0000-7000-8000-' || lpad(CASE WHEN n % 10 = 0 AND n / 10 % 10 < 6 THEN '1'
              ELSE (1000 + n % 90000)::text END, 12, '0'))::uuid,
            'Comment ' || md5(n::text),
            CASE WHEN hashint4(n + 2) % 8 <> 0 THEN now() + (hashint4(n + 1) % 5000) * INTERVAL '1 hour' END, now(), now()
     FROM generate_series(1, $1::int) n`,
    [rows],
  );
  await client.query(
    'ALTER TABLE measured_comments ADD CONSTRAINT measured_comments_pkey PRIMARY KEY (owner_id, id)',
  );
  for (const field of fields) {
    for (const { name, members } of fieldIndexes(names, field, fields)) {
      await client.query(`CREATE INDEX ${name} ON measured_comments ${members}`);
    }
    for (const statistics of referenceStatistics(names, field)) {
      await client.query(statistics);
    }
  }
  await client.query('VACUUM ANALYZE measured_comments');
}

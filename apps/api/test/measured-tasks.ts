import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { getLinkTables } from '../src/database/linked-ids.decorator.js';
import { OwnedRepository, type PageQuery, type Sort, type Where } from '../src/database/owned-repository.js';
import { isPreparable } from '../src/database/postgres-client.js';
import { Task } from '../src/tasks/task.entity.js';
import { withRelatedEntities } from './related-entities.js';

/** Tasks on a page. */
export const LIMIT = 20;

/** The most blocks that a page may read: one per task, a few for the index, and two per task and many-to-many reference. */
export const MAX_PAGE_READ = LIMIT + 12 + 2 * (LIMIT + 1) * getLinkTables(Task).size;

/** Tasks to skip with one query on the way to a page. */
const SKIP = 10_000;

export interface List {
  sort: Sort<Task>;
  completed?: boolean;
  dueAt?: Where<Task>['dueAt'];
  search?: string;
}

/** Lists whose pages must all cost the same: every sort order, of all tasks and of the open ones. */
export const lists: List[] = (
  ['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'] as const
).flatMap((sort) => [{ sort }, { sort, completed: false }]);

/** The task repository of the api, over a connection that counts the blocks its statements read. */
export interface MeasuredTasks {
  client: pg.Client;
  /** Returns the blocks of the table and its indexes that PostgreSQL reads for a page, and the tasks on it. */
  readPage(ownerId: string, list: List, cursor?: string): Promise<{ read: number; tasks: number }>;
  /** Returns the blocks that PostgreSQL reads to count up to `max` tasks, and their number. */
  count(ownerId: string, where: Where<Task>, max: number): Promise<{ read: number; tasks: number }>;
  /** Returns the cursors after the given numbers of tasks. */
  cursorsAfter(ownerId: string, list: List, places: number[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a database with the schema of the api. */
export async function openMeasuredTasks(url: string): Promise<MeasuredTasks> {
  const options = dataSourceOptions({ url, poolSize: 1, preparedStatements: false });
  const dataSource = await new DataSource({ ...options, entities: withRelatedEntities(Task) }).initialize();
  const client = new pg.Client(url);
  await client.connect();
  /** The blocks read so far, or undefined while nothing is counted. */
  let read: number | undefined;

  const repository = new OwnedRepository<Task>(
    {
      async query(text, parameters = []) {
        if (read !== undefined) {
          read += await blocksRead(client, text, parameters);
        }
        return (await client.query({ text, values: parameters, types: options.extra.types })).rows;
      },
    },
    dataSource.getMetadata(Task),
  );
  const findPage = (
    ownerId: string,
    { sort, completed, dueAt, search }: List,
    page: Pick<PageQuery<Task>, 'limit' | 'cursor'>,
  ) =>
    repository.findPage(ownerId, {
      sort,
      where: { completed, dueAt },
      search,
      searchIn: ['title', 'description'],
      ...page,
    });

  return {
    client,
    async readPage(ownerId, list, cursor) {
      read = 0;
      const { items } = await findPage(ownerId, list, { limit: LIMIT, cursor });
      const page = { read, tasks: items.length };
      read = undefined;
      return page;
    },
    async count(ownerId, where, max) {
      read = 0;
      const tasks = await repository.count(ownerId, where, { max });
      const counted = { read, tasks };
      read = undefined;
      return counted;
    },
    async cursorsAfter(ownerId, list, places) {
      const cursors: string[] = [];
      let cursor: string | undefined;
      let passed = 0;
      for (const place of places) {
        while (passed < place) {
          const limit = Math.min(SKIP, place - passed);
          cursor = (await findPage(ownerId, list, { limit, cursor })).nextCursor!;
          passed += limit;
        }
        cursors.push(cursor!);
      }
      return cursors;
    },
    async close() {
      await dataSource.destroy();
      await client.end();
    },
  };
}

/** Explains a statement, prepared if the client of the api prepares it, and returns the blocks it reads. */
async function blocksRead(client: pg.Client, text: string, parameters: unknown[]): Promise<number> {
  const explain = 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)';
  const { rows } = isPreparable(text)
    ? await explainPrepared(client, explain, text, parameters)
    : await client.query(`${explain} ${text}`, parameters);
  const plan = rows[0]['QUERY PLAN'][0].Plan as { 'Shared Hit Blocks': number; 'Shared Read Blocks': number };
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

async function explainPrepared(client: pg.Client, explain: string, text: string, parameters: unknown[]) {
  const values = parameters.map((value) => (value === null ? 'NULL' : client.escapeLiteral(String(value))));
  await client.query(`PREPARE asked AS ${text}`);
  const plan = await client.query(`${explain} EXECUTE asked (${values.join(', ')})`);
  await client.query('DEALLOCATE asked');
  return plan;
}

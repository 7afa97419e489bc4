import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { OwnedRepository, type PageQuery } from '../src/database/owned-repository.js';
import { isPreparable } from '../src/database/postgres-client.js';
import { Task } from '../src/tasks/task.entity.js';

/** Tasks of a page. */
export const LIMIT = 20;

/** Tasks that are passed at a time on the way to a page. */
const WALK = 10_000;

export interface List {
  sort: string;
  completed?: boolean;
  search?: string;
}

/** Those whose pages must all cost the same: every order, of all tasks and of the open ones. */
export const lists: List[] = ['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'].flatMap(
  (sort) => [{ sort }, { sort, completed: false }],
);

/** The api's own repository of tasks, over a connection that can count what its statements read. */
export interface MeasuredTasks {
  client: pg.Client;
  /** Pages of table and indexes that Postgres reads for one page of a list, and the tasks on it. */
  readPage(ownerId: string, list: List, cursor?: string): Promise<{ read: number; tasks: number }>;
  /** The cursors of a list behind so many of its tasks, as if it had been walked page by page. */
  cursorsBehind(ownerId: string, list: List, places: number[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a database that has the table. */
export async function openMeasuredTasks(url: string): Promise<MeasuredTasks> {
  const options = dataSourceOptions({ url, poolSize: 1, preparedStatements: false });
  const dataSource = await new DataSource({ ...options, entities: [Task] }).initialize();
  const client = new pg.Client(url);
  await client.connect();
  /** What was read since it was set to 0; undefined: nothing is counted. */
  let read: number | undefined;

  const repository = new OwnedRepository<Task>(
    {
      async query(text, parameters = []) {
        if (read !== undefined) {
          read += await pagesRead(client, text, parameters);
        }
        return (await client.query({ text, values: parameters, types: options.extra.types })).rows;
      },
    },
    dataSource.getMetadata(Task),
  );
  const findPage = (
    ownerId: string,
    { sort, completed, search }: List,
    page: Pick<PageQuery<Task>, 'limit' | 'cursor'>,
  ) =>
    repository.findPage(ownerId, {
      sort,
      where: { completed },
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
    async cursorsBehind(ownerId, list, places) {
      const cursors: string[] = [];
      let cursor: string | undefined;
      let passed = 0;
      for (const place of places) {
        while (passed < place) {
          const limit = Math.min(WALK, place - passed);
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

/** Explains a statement, prepared where the api's client prepares it, and counts what it reads. */
async function pagesRead(client: pg.Client, text: string, parameters: unknown[]): Promise<number> {
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

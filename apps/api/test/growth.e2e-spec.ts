import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { OwnedRepository, type PageQuery } from '../src/database/owned-repository.js';
import { Task } from '../src/tasks/entities/task.entity.js';

const ROWS = 100_000;
const LIMIT = 20;

let database: TestDatabase;
let client: pg.Client;
let dataSource: DataSource;
let tasks: OwnedRepository<Task>;
/** Pages of tables and indexes that the statements have read since this was set to 0; undefined: not counted. */
let buffers: number | undefined;

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
}

/** Executes a statement as the api does, prepared, and counts what it reads. */
async function explain(text: string, parameters: unknown[]) {
  const values = parameters.map((value) => (value === null ? 'NULL' : client.escapeLiteral(String(value))));
  await client.query(`PREPARE asked AS ${text}`);
  const { rows } = await client.query(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked (${values.join(', ')})`,
  );
  await client.query('DEALLOCATE asked');
  const plan: Plan = rows[0]['QUERY PLAN'][0].Plan;
  buffers = (buffers ?? 0) + plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  // Neither time nor title follows the order of creation; one in eight has no due date, half of them are done.
  await client.query(
    `INSERT INTO tasks (owner_id, id, title, completed, due_at, created_at, updated_at)
     SELECT CASE WHEN n % 10 = 0 THEN 'user-' || n % 1000 ELSE 'ada' END,
            ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
            'Task ' || md5(n::text), hashint4(n) % 2 = 0,
            CASE WHEN n % 8 <> 0 THEN now() + (hashint4(n + 1) % 5000) * interval '1 hour' END, now(), now()
     FROM generate_series(1, $1::int) n`,
    [Math.ceil(ROWS / 0.9)],
  );
  await client.query('VACUUM ANALYZE tasks');
  dataSource = await new DataSource({
    ...dataSourceOptions({ url: database.url, poolSize: 1, preparedStatements: false }),
    entities: [Task],
  }).initialize();
  const counted = {
    async query(text: string, parameters: unknown[] = []) {
      if (buffers !== undefined) {
        await explain(text, parameters);
      }
      return (await client.query({ text, values: parameters, types })).rows;
    },
  };
  tasks = new OwnedRepository<Task>(counted, dataSource.getMetadata(Task));
}, 120_000);

const { types } = dataSourceOptions({ url: '' }).extra;

afterAll(async () => {
  await dataSource.destroy();
  await client.end();
  await database.drop();
});

async function pagesRead(query: Partial<PageQuery<Task>>): Promise<number> {
  buffers = 0;
  const { items } = await tasks.findPage('ada', { limit: LIMIT, sort: '-createdAt', ...query });
  const read = buffers;
  buffers = undefined;
  expect(items).toHaveLength(LIMIT);
  return read;
}

/** In the middle; among the tasks that have no due date, where there are such; near the end. */
const SHARES = [0.45, 0.89, 0.97];

/** The cursors of a list behind these shares of its rows, as if it had been walked page by page. */
async function walk(query: Partial<PageQuery<Task>>, rows: number): Promise<string[]> {
  const cursors: string[] = [];
  let passed = 0;
  for (const share of SHARES) {
    const limit = Math.floor(rows * share) - passed;
    const page = { sort: '-createdAt', ...query, cursor: cursors.at(-1), limit };
    cursors.push((await tasks.findPage('ada', page)).nextCursor!);
    passed += limit;
  }
  return cursors;
}

/** The same under every plan. */
const walks = new Map<string, Promise<string[]>>();

const sorts = ['createdAt', '-createdAt', 'dueAt', '-dueAt', 'title', '-title'];
const filters: (boolean | undefined)[] = [undefined, false];

describe.each(['force_custom_plan', 'force_generic_plan'])('with %s', (mode) => {
  // In one transaction: through a pooler, what is set or prepared outlives nothing else.
  beforeAll(async () => {
    await client.query('BEGIN');
    await client.query(`SET LOCAL plan_cache_mode = ${mode}`);
  });
  afterAll(async () => {
    await client.query('COMMIT');
  });

  it.each(sorts.flatMap((sort) => filters.map((completed) => ({ sort, completed }))))(
    'reads as little for a page near the end as for the first: sort $sort, completed $completed',
    async ({ sort, completed }) => {
      const query = { sort, where: { completed } };
      const first = await pagesRead(query);
      expect(first).toBeLessThanOrEqual(LIMIT + 12);
      const list = `${sort} ${completed}`;
      walks.set(list, walks.get(list) ?? walk(query, completed === false ? ROWS / 2.1 : ROWS));
      for (const cursor of (await walks.get(list))!) {
        const deep = await pagesRead({ ...query, cursor });
        expect(deep).toBeLessThanOrEqual(Math.min(2 * first, LIMIT + 12));
      }
    },
    60_000,
  );
});

it('sorts titles under one named collation, whatever the database says', async () => {
  const { rows } = await client.query(
    `SELECT collation_name FROM information_schema.columns WHERE table_name = 'tasks' AND column_name = 'title'`,
  );
  expect(rows).toEqual([{ collation_name: 'und-x-icu' }]);
});

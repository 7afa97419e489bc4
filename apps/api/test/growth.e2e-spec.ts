import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type MeasuredTasks,
  LIMIT,
  type List,
  lists,
  MAX_PAGE_READ,
  openMeasuredTasks,
} from './measured-tasks.js';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';

const ROWS = 100_000;

let database: TestDatabase;
let tasks: MeasuredTasks;

beforeAll(async () => {
  database = await createTestDatabase();
  tasks = await openMeasuredTasks(database.url);
  // Due dates and titles are not in creation order. One task in eight has no due date, half are completed, and few have
  // a description.
  await tasks.client.query(
    `INSERT INTO tasks (owner_id, id, title, description, completed, due_at, created_at, updated_at)
     SELECT CASE WHEN n % 10 = 0 THEN 'user-' || n % 1000 ELSE 'ada' END,
            ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
            'Task ' || md5(n::text), CASE WHEN n % 1999 = 0 THEN 'Feed the zebra' END, hashint4(n) % 2 = 0,
            CASE WHEN n % 8 <> 0 THEN now() + (hashint4(n + 1) % 5000) * INTERVAL '1 hour' END, now(), now()
     FROM generate_series(1, $1::int) n`,
    [Math.ceil(ROWS / 0.9)],
  );
  await tasks.client.query('VACUUM ANALYZE tasks');
}, 120_000);

afterAll(async () => {
  await tasks.close();
  await database.drop();
});

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** Positions of the cursors: in the middle, among the tasks without a due date (if sorted by it), and near the end. */
const POSITIONS = [0.45, 0.89, 0.97];

/** The cursors at these positions, the same for every query plan. */
const cursors = new Map<List, Promise<string[]>>();

function cursorsOf(list: List): Promise<string[]> {
  const rows = list.completed === false ? ROWS / 2.1 : ROWS;
  const found =
    cursors.get(list) ??
    tasks.cursorsAfter(
      'ada',
      list,
      POSITIONS.map((position) => Math.floor(rows * position)),
    );
  cursors.set(list, found);
  return found;
}

describe.each(['force_custom_plan', 'force_generic_plan'])('with %s', (mode) => {
  // One transaction, because a connection pooler may use another session after it.
  beforeAll(async () => {
    await tasks.client.query('BEGIN');
    await tasks.client.query(`SET LOCAL plan_cache_mode = ${mode}`);
  });
  afterAll(async () => {
    await tasks.client.query('COMMIT');
  });

  it.each(lists)(
    'reads about as few rows for a page near the end as for the first: sort $sort, completed $completed',
    async (list) => {
      const first = await tasks.readPage('ada', list);
      expect(first.read).toBeLessThanOrEqual(MAX_PAGE_READ);
      for (const cursor of await cursorsOf(list)) {
        const deep = await tasks.readPage('ada', list, cursor);
        expect(deep.tasks).toBe(LIMIT);
        expect(deep.read).toBeLessThanOrEqual(Math.min(2 * first.read, MAX_PAGE_READ));
      }
    },
    60_000,
  );

  it.each(['dueAt', '-dueAt'] as const)(
    'reads about as few rows for a page within a range of due dates: sort %s',
    async (sort) => {
      for (const completed of [undefined, false]) {
        const list = { sort, completed, dueAt: { after: hoursFromNow(-120), before: hoursFromNow(120) } };
        const [cursor] = await tasks.cursorsAfter('ada', list, [500]);
        for (const page of [undefined, cursor]) {
          const { read, tasks: found } = await tasks.readPage('ada', list, page);
          expect(found).toBe(LIMIT);
          expect(read).toBeLessThanOrEqual(MAX_PAGE_READ);
        }
      }
    },
    60_000,
  );

  it.each([
    { completed: false },
    { completed: false, dueAt: { before: hoursFromNow(0) } },
    { dueAt: { after: hoursFromNow(-120), before: hoursFromNow(120) } },
  ])('counts up to 100 rows without reading more: %j', async (where) => {
    const { read, tasks: counted } = await tasks.count('ada', where, 100);
    expect(counted).toBe(100);
    expect(read).toBeLessThanOrEqual(112);
  });
});

it.each(lists)('searches without scanning the whole list: sort $sort, completed $completed', async (list) => {
  for (const [search, found] of [
    ['task', LIMIT],
    ['ZEBRA', LIMIT],
    ['no such word', 0],
  ] as const) {
    const { read, tasks: amount } = await tasks.readPage('ada', { ...list, search });
    expect({ search, amount }).toEqual({ search, amount: found });
    expect(read).toBeLessThanOrEqual(300);
  }
});

it("sorts titles by a named collation, not by the database's default", async () => {
  const { rows } = await tasks.client.query(
    `SELECT collation_name FROM information_schema.columns WHERE table_name = 'tasks' AND column_name = 'title'`,
  );
  expect(rows).toEqual([{ collation_name: 'und-x-icu' }]);
});

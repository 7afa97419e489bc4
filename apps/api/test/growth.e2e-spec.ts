import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OwnedEntity } from '../src/database/owned.entity.js';
import { Task } from '../src/tasks/task.entity.js';
import { Comment, commentLists, createComments } from './measured-comments.js';
import { LIMIT, type List, type MeasuredRepository, openMeasuredRepository } from './measured-repository.js';
import { taskLists } from './measured-tasks.js';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';

const ROWS = 100_000;

let database: TestDatabase;
let tasks: MeasuredRepository<Task>;

beforeAll(async () => {
  database = await createTestDatabase();
  tasks = await openMeasuredRepository(database.url, Task);
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

it.each(taskLists)(
  'reads about as few rows for a page near the end as for the first: sort $sort, where $where',
  async (list) => {
    await expectConstantPages(tasks, 'ada', list, list.where ? ROWS / 2.1 : ROWS);
  },
  60_000,
);

it.each(['dueAt', '-dueAt'] as const)(
  'reads about as few rows for a page within a range of due dates: sort %s',
  async (sort) => {
    for (const completed of [undefined, false]) {
      const dueAt = { after: hoursFromNow(-120), before: hoursFromNow(120) };
      const list = { sort, where: { completed, dueAt } };
      const [cursor] = await tasks.cursorsAfter('ada', list, [500]);
      for (const page of [undefined, cursor]) {
        const { read, rows } = await tasks.readPage('ada', list, page);
        expect(rows).toBe(LIMIT);
        expect(Math.max(...read)).toBeLessThanOrEqual(tasks.maxPageRead);
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
  const { read, rows } = await tasks.count('ada', where, 100);
  expect(rows).toBe(100);
  expect(Math.max(...read)).toBeLessThanOrEqual(112);
});

it.each(taskLists)('searches without scanning the whole list: sort $sort, where $where', async (list) => {
  for (const [search, found] of [
    ['task', LIMIT],
    ['ZEBRA', LIMIT],
    ['no such word', 0],
  ] as const) {
    const { read, rows } = await tasks.readPage('ada', {
      ...list,
      search,
      searchIn: ['title', 'description'],
    });
    expect({ search, rows }).toEqual({ search, rows: found });
    expect(Math.max(...read)).toBeLessThanOrEqual(300);
  }
});

describe('with a generated module', () => {
  const COMMENTS = 50_000;
  let comments: MeasuredRepository<Comment>;

  beforeAll(async () => {
    await createComments(tasks.client, COMMENTS);
    comments = await openMeasuredRepository(database.url, Comment);
  }, 120_000);
  afterAll(() => comments.close());

  it.each(commentLists)(
    'reads about as few rows for a page near the end of a list with one reference as for the first: sort $sort',
    async (list) => {
      await expectConstantPages(comments, 'user-1', list, COMMENTS * 0.06);
    },
    60_000,
  );
});

it("sorts titles by a named collation, not by the database's default", async () => {
  const { rows } = await tasks.client.query(
    `SELECT collation_name FROM information_schema.columns WHERE table_name = 'tasks' AND column_name = 'title'`,
  );
  expect(rows).toEqual([{ collation_name: 'und-x-icu' }]);
});

async function expectConstantPages<T extends OwnedEntity>(
  repository: MeasuredRepository<T>,
  ownerId: string,
  list: List<T>,
  rowsOfList: number,
): Promise<void> {
  const first = await repository.readPage(ownerId, list);
  expect(Math.max(...first.read)).toBeLessThanOrEqual(repository.maxPageRead);
  const places = POSITIONS.map((position) => Math.floor(rowsOfList * position));
  for (const cursor of await repository.cursorsAfter(ownerId, list, places)) {
    const deep = await repository.readPage(ownerId, list, cursor);
    expect(deep.rows).toBe(LIMIT);
    for (const plan of [0, 1] as const) {
      expect(deep.read[plan]).toBeLessThanOrEqual(Math.min(2 * first.read[plan], repository.maxPageRead));
    }
  }
}

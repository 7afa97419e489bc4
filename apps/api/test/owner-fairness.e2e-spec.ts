import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

const TASKS = 10_000;
/** The user with the long tasks, in every api that this file starts. */
const ADA = 'ada-with-long-tasks';

let database: TestDatabase;
let administrator: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  administrator = new pg.Client(database.url);
  await administrator.connect();
  // Without its text index, every search examines all tasks, as it does for text that defeats the index. Inserting is
  // faster, too.
  await administrator.query('DROP INDEX tasks_search_idx');
  await insertLongTasks(ADA, 10_000);
}, 60_000);

afterAll(async () => {
  await administrator.end();
  await database.drop();
});

/** Inserts tasks with long texts. Only the oldest contains "needle". */
async function insertLongTasks(ownerId: string, characters: number): Promise<void> {
  await administrator.query(
    `INSERT INTO tasks (owner_id, id, title, description, due_at, created_at, updated_at)
     SELECT $1, ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
            CASE WHEN n = 1 THEN 'Needle' ELSE 'Task ' || n END, repeat('Lorem abc bc1 ipsum ', $3::int / 20),
            CASE WHEN n > 1 THEN now() END, now(), now()
     FROM generate_series(1, $2::int) n`,
    [ownerId, TASKS, characters],
  );
  await administrator.query('ANALYZE tasks');
}

const search = (user: Client, text: string) => user.get(`/api/tasks?search=${text}`);

describe.each([1, 4, 10])("while a user's slow searches run, with %i connections", (poolSize) => {
  let api: RunningApi;
  let ada: Client;
  let bob: Client;

  beforeAll(async () => {
    api = await startApi({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: String(poolSize) });
    [ada, bob] = [await api.as('ada', { sub: ADA }), await api.as('bob')];
    await bob.post('/api/tasks').send({ title: 'Write' }).expect(201);
  });
  afterAll(() => api.close());

  it("serves other users' requests", async () => {
    const attack = { running: true };
    const responses = Promise.all(Array.from({ length: 12 }, () => search(ada, 'zq'))).finally(() => {
      attack.running = false;
    });
    const durations: number[] = [];
    while (attack.running) {
      const startedAt = performance.now();
      await bob.get('/api/tasks').expect(200);
      durations.push(performance.now() - startedAt);
      await search(bob, 'write').expect(200);
    }
    expect(durations.length).toBeGreaterThan(1);
    // With one connection, a request waits for one statement of a search at most. Together, the searches take ten seconds.
    expect(Math.max(...durations)).toBeLessThan(2_000);
    for (const { status, headers } of await responses) {
      expect([200, 503]).toContain(status);
      expect(headers['retry-after'] !== undefined).toBe(status === 503);
    }
  });

  it('ends every search within two seconds', async () => {
    for (const sort of ['-createdAt', 'dueAt']) {
      const startedAt = performance.now();
      await ada.get(`/api/tasks?search=zq&sort=${sort}`).expect(200);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
  });
});

describe('a slow search', () => {
  let api: RunningApi;
  let eve: Client;

  beforeAll(async () => {
    await insertLongTasks('eve-with-long-tasks', 4_000);
    api = await startApi({ DATABASE_URL: database.url });
    eve = await api.as('eve', { sub: 'eve-with-long-tasks' });
  }, 60_000);
  afterAll(() => api.close());

  it.each(['-createdAt', 'dueAt', '-title'])(
    'finds the only match, page by page, sorted by %s',
    async (sort) => {
      const titles: string[] = [];
      let cursor = '';
      do {
        const { body } = await eve
          .get(`/api/tasks?search=needle&sort=${sort}${cursor && `&cursor=${cursor}`}`)
          .expect(200);
        titles.push(...body.items.map(({ title }: { title: string }) => title));
        cursor = body.nextCursor;
      } while (cursor);
      expect(titles).toEqual(['Needle']);
    },
    60_000,
  );
});

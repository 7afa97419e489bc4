import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { ConnectionLimiter } from '../src/database/connection-limiter.js';
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

afterEach(() => {
  jest.restoreAllMocks();
});

interface Work {
  ownerId: string;
  isSearch: boolean;
  /** How many searches of the other user started while it waited for a connection. */
  overtakenBy: number;
}

/**
 * Records the work on the connections of the api in the order of its start. Unlike a duration, this order is the same on a
 * busy machine.
 */
function recordWork(api: RunningApi, onStart: (work: Work) => void = () => {}): Work[] {
  const limiter = api.get(ConnectionLimiter);
  const run = limiter.run.bind(limiter) as (...args: Parameters<ConnectionLimiter['run']>) => Promise<never>;
  const started: Work[] = [];
  jest.spyOn(limiter, 'run').mockImplementation((ownerId, work, options) => {
    const before = started.length;
    return run(
      ownerId,
      () => {
        const overtakenBy = started.slice(before).filter((other) => other.ownerId !== ownerId).length;
        const record = { ownerId, isSearch: options?.isSearch === true, overtakenBy };
        started.push(record);
        onStart(record);
        return work();
      },
      options,
    );
  });
  return started;
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
    const started = recordWork(api);
    const attack = { running: true };
    const responses = Promise.all(Array.from({ length: 8 }, () => search(ada, 'zq'))).finally(() => {
      attack.running = false;
    });
    while (attack.running) {
      await bob.get('/api/tasks').expect(200);
      await search(bob, 'write').expect(200);
    }
    const ofBob = started.filter(({ ownerId }) => ownerId === bob.id);
    expect(ofBob.length).toBeGreaterThan(2);
    // The owners take turns, so at most one statement of Ada starts before each of Bob.
    expect(Math.max(...ofBob.map(({ overtakenBy }) => overtakenBy))).toBeLessThanOrEqual(1);
    for (const { status, headers } of await responses) {
      expect([200, 503]).toContain(status);
      expect(headers['retry-after'] !== undefined).toBe(status === 503);
    }
  });

  it.each(['-createdAt', 'dueAt'])('ends a search sorted by %s when its time is over', async (sort) => {
    // The clock of the api stands still, so that the number of steps doesn't depend on the machine.
    const now = performance.now();
    let passedMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now + passedMs);
    let searches = 0;
    const started = recordWork(api, ({ isSearch }) => {
      searches += Number(isSearch);
      // PostgreSQL cancels the first attempt. The time of the search is over while its second step runs.
      passedMs = searches === 3 ? 1_000 : 0;
    });
    const { body } = await ada.get(`/api/tasks?search=zq&sort=${sort}`).expect(200);
    expect(body).toEqual({ items: [], nextCursor: expect.any(String) });
    // Each step has a statement that finds its end.
    expect(started.map(({ isSearch }) => isSearch)).toEqual([true, false, true, false, true]);
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

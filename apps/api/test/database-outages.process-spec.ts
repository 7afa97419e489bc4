import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { TcpProxy } from '../../../tools/test/tcp-proxy.js';
import { waitUntilReady } from '../../../tools/test/wait-until-ready.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

const POOL_SIZE = 2;

let database: TestDatabase;
let proxy: TcpProxy;
let api: RunningApi;
let ada: Client;
let task: string;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await TcpProxy.to(database.url);
  const settings = { DATABASE_URL: proxy.url, DATABASE_POOL_SIZE: String(POOL_SIZE) };
  api = await startApi(settings, undefined, undefined, { keepsWaitTimeouts: true });
  ada = await api.as('ada');
  const { body } = await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
  task = `/api/tasks/${body.id}`;
});

afterAll(async () => {
  await api.close();
  await proxy.close();
  await database.drop();
});

const requests = {
  list: () => ada.get('/api/tasks'),
  'find one': () => ada.get(task),
  create: () => ada.post('/api/tasks').send({ title: 'Lost' }),
  'create once': () => ada.post('/api/tasks').set('Idempotency-Key', 'lost').send({ title: 'Lost' }),
  change: () => ada.patch(task).send({ title: 'Lost' }),
  remove: () => ada.delete(task),
  'delete all data': () => ada.delete('/api/me'),
};

/** Expects 503, never 401, within 5 s. */
async function expectUnavailable(name: keyof typeof requests): Promise<void> {
  const startedAt = performance.now();
  const { status, headers, body } = await requests[name]();
  expect({ name, status, type: headers['content-type'] }).toEqual({
    name,
    status: 503,
    type: 'application/problem+json; charset=utf-8',
  });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(JSON.stringify(body)).not.toMatch(/postgres|select|127\.0\.0\.1/i);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
}

/** @returns whether some of the waiting requests still wait after the responses of the other routes. */
async function requestOtherRoutes(waiting: Promise<unknown>[]): Promise<boolean> {
  let isWaiting = true;
  void Promise.allSettled(waiting).finally(() => {
    isWaiting = false;
  });
  await ada.get('/api/me').expect(200);
  await api.anonymous.get('/health/live').expect(200);
  await api.anonymous.get('/api/tasks').expect(401);
  return isWaiting;
}

/** Also checks that no request with a 503 response has changed data. */
async function expectRecovered(): Promise<void> {
  await waitUntilReady(api.url);
  const { body } = await ada.get('/api/tasks').expect(200);
  expect(body.items.map(({ title }: { title: string }) => title)).toEqual(['Write']);
}

describe.each<[string, boolean, () => Promise<() => unknown>]>([
  ['is down', true, () => proxy.block()],
  [
    'does not respond',
    false,
    async () => {
      proxy.stall();
      return () => proxy.recover();
    },
  ],
])('while the database %s', (_, isRefused, breakDatabase) => {
  let repair: () => unknown;

  beforeAll(async () => {
    repair = await breakDatabase();
  });

  it('returns 503 within 5 s', async () => {
    await Promise.all((Object.keys(requests) as (keyof typeof requests)[]).map(expectUnavailable));
  });

  it('serves other routes while requests wait for the database', async () => {
    const waiting = [expectUnavailable('list'), expectUnavailable('create'), expectUnavailable('find one')];
    const isWaiting = await requestOtherRoutes(waiting);
    expect(isWaiting || isRefused).toBe(true);
    await Promise.all(waiting);
  });

  it('reports the database as down in /health/ready', async () => {
    const { body } = await api.anonymous.get('/health/ready').expect(503);
    expect(JSON.stringify(body)).toContain('database');
  });

  it('recovers without a restart', async () => {
    await repair();
    await expectRecovered();
  });
});

describe('while every connection is busy', () => {
  let blocker: pg.Client;
  let bob: Client;

  beforeAll(async () => {
    bob = await api.as('bob');
    blocker = new pg.Client(database.url);
    await blocker.connect();
  });
  afterAll(() => blocker.end());

  /** Waits until /metrics reports these numbers of connections. */
  async function waitForMetrics(...expected: [state: string, pattern: string][]): Promise<void> {
    const lines = expected.map(
      ([state, pattern]) => new RegExp(`^database_connections\\{state="${state}"\\} ${pattern}`, 'm'),
    );
    for (;;) {
      const { text } = await api.anonymous.get('/metrics');
      if (lines.every((line) => line.test(text))) {
        return;
      }
      await sleep(20);
    }
  }

  it('queues requests', async () => {
    await blocker.query('BEGIN; LOCK TABLE tasks');
    const pending = Array.from({ length: 4 * POOL_SIZE }, () => ada.get(task).then(({ status }) => status));
    // One user gets half of the connections.
    await waitForMetrics(['busy', '1'], ['waiting', '[1-9]']);
    await blocker.query('COMMIT');
    expect(await Promise.all(pending)).toEqual(pending.map(() => 200));
  });

  it('returns 503 to requests that wait too long, and counts them', async () => {
    await blocker.query('BEGIN; LOCK TABLE tasks');
    const pending = Array.from({ length: 4 * POOL_SIZE }, () => expectUnavailable('find one'));
    // One user's requests don't occupy all connections.
    const others = bob
      .get('/api/tasks')
      .expect(503)
      .then(({ status }) => status);
    await waitForMetrics(['busy', String(POOL_SIZE)], ['waiting', '[1-9]']);
    expect(await requestOtherRoutes([...pending, others])).toBe(true);
    await Promise.all([...pending, others]);
    await blocker.query('COMMIT');
    await expectRecovered();
  });
});

it('starts on a database that accepts connections slowly', async () => {
  const slow = await TcpProxy.to(database.url, { delayMs: 2_000 });
  const starting = await startApi({ DATABASE_URL: slow.url });
  expect((await starting.anonymous.get('/health/ready')).status).toBe(200);
  await starting.close();
  await slow.close();
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { TcpProxy } from '../../../tools/test/tcp-proxy.js';
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
  api = await startApi({ DATABASE_URL: proxy.url, DATABASE_POOL_SIZE: String(POOL_SIZE) });
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
  'erase everything': () => ada.delete('/api/me'),
};

/** The database can't be had now: nobody is signed out, nobody waits for long. */
async function expectUnavailable(name: keyof typeof requests): Promise<void> {
  const begun = performance.now();
  const { status, headers, body } = await requests[name]();
  expect({ name, status, type: headers['content-type'] }).toEqual({
    name,
    status: 503,
    type: 'application/problem+json; charset=utf-8',
  });
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(JSON.stringify(body)).not.toMatch(/postgres|select|127\.0\.0\.1/i);
  expect(performance.now() - begun).toBeLessThan(5_000);
}

async function expectTheRestUndisturbed(): Promise<void> {
  const begun = performance.now();
  await ada.get('/api/me').expect(200);
  await api.anonymous.get('/health/live').expect(200);
  await api.anonymous.get('/api/tasks').expect(401);
  expect(performance.now() - begun).toBeLessThan(1_000);
}

/** Nothing that was answered 503 has been done. */
async function expectNormal(): Promise<void> {
  await api.anonymous.get('/health/ready').expect(200);
  const { body } = await ada.get('/api/tasks').expect(200);
  expect(body.items.map(({ title }: { title: string }) => title)).toEqual(['Write']);
}

describe.each<[string, () => Promise<() => unknown>]>([
  ['is away', () => proxy.block()],
  [
    'says nothing',
    async () => {
      proxy.stall();
      return () => proxy.recover();
    },
  ],
])('while the database %s', (_, breakIt) => {
  let mend: () => unknown;

  beforeAll(async () => {
    mend = await breakIt();
  });

  it('everything that needs it is answered 503, soon', async () => {
    await Promise.all((Object.keys(requests) as (keyof typeof requests)[]).map(expectUnavailable));
  });

  it('what needs no database is undisturbed, also beside requests that wait', async () => {
    const waiting = [expectUnavailable('list'), expectUnavailable('create'), expectUnavailable('find one')];
    await expectTheRestUndisturbed();
    await Promise.all(waiting);
  });

  it('readiness says which part is down', async () => {
    const { body } = await api.anonymous.get('/health/ready').expect(503);
    expect(JSON.stringify(body)).toContain('database');
  });

  it('is back to normal by itself afterwards', async () => {
    await mend();
    await expectNormal();
  });
});

describe('while every connection is busy', () => {
  let blocker: pg.Client;

  beforeAll(async () => {
    blocker = new pg.Client(database.url);
    await blocker.connect();
  });
  afterAll(() => blocker.end());

  it('requests queue', async () => {
    await blocker.query('BEGIN; LOCK TABLE tasks');
    const many = Array.from({ length: 4 * POOL_SIZE }, () => ada.get(task).then(({ status }) => status));
    await sleep(500);
    await blocker.query('COMMIT');
    expect(await Promise.all(many)).toEqual(many.map(() => 200));
  });

  it('and are answered 503 where that takes long', async () => {
    await blocker.query('BEGIN; LOCK TABLE tasks');
    const many = Array.from({ length: 4 * POOL_SIZE }, () => expectUnavailable('find one'));
    await sleep(500);
    await expectTheRestUndisturbed();
    const { text } = await api.anonymous.get('/metrics');
    expect(text).toContain(`database_connections{state="busy"} ${POOL_SIZE}\n`);
    expect(text).toMatch(/^database_connections\{state="waiting"\} [1-9]/m);
    await Promise.all(many);
    await blocker.query('COMMIT');
    await expectNormal();
  });
});

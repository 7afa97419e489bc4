import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { Redis } from 'ioredis';
import { v7 as uuidv7 } from 'uuid';
import { runProgram } from '../../../tools/run-program.js';
import { type ReplicatedPostgres, startReplicatedPostgres } from '../../../tools/test/replicated-postgres.js';
import { queryOnce } from '../../../tools/test/test-databases.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

// These tests need `redis-server` on the PATH (Debian: apt-get install redis-server). `npm test` does not run them:
//   npm run test:redis

let postgres: ReplicatedPostgres;
let redisPort: number;
let redis: ChildProcess;
let api: RunningApi;

async function startRedis(): Promise<void> {
  redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  });
  await once(redis, 'spawn');
  const client = new Redis(redisPort, { retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
}

beforeAll(async () => {
  [postgres, redisPort] = [await startReplicatedPostgres(), await getPort()];
  await startRedis();
  await runProgram('apps/api/src/migrate.ts', {
    env: { ...process.env, DATABASE_URL: postgres.primary.url },
  });
  api = await startApi({
    DATABASE_URL: postgres.primary.url,
    DATABASE_REPLICA_URL: postgres.replica.url,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  });
  await waitForReplica();
}, 60_000);

afterAll(async () => {
  await api.close();
  redis.kill('SIGKILL');
  await postgres.stop();
});

const pauseReplay = () => queryOnce(postgres.superuserUrl, 'SELECT pg_wal_replay_pause()');
const resumeReplay = () => queryOnce(postgres.superuserUrl, 'SELECT pg_wal_replay_resume()');

/** Inserts a task directly into the primary, so that no recent write is recorded. */
async function insertIntoPrimary(user: Client, title: string): Promise<string> {
  const id = uuidv7();
  await queryOnce(
    postgres.primary.url,
    `INSERT INTO tasks (owner_id, id, title, created_at, updated_at) VALUES ('${user.id}', '${id}', '${title}', now(), now())`,
  );
  return id;
}

async function titles(user: Client): Promise<string[]> {
  const { body } = await user.get('/api/tasks').expect(200);
  return body.items.map(({ title }: { title: string }) => title);
}

/** Returns how many lists have been read from each server. */
async function countListReads(): Promise<{ replica: number; primary: number }> {
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  const count = (server: string) =>
    Number(
      new RegExp(`^database_list_reads_total\\{server="${server}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0,
    );
  return { replica: count('replica'), primary: count('primary') };
}

async function findServer(user: Client): Promise<'replica' | 'primary'> {
  const before = await countListReads();
  await titles(user);
  return (await countListReads()).replica > before.replica ? 'replica' : 'primary';
}

async function waitForReplica(): Promise<void> {
  const user = await api.as('nobody');
  while ((await findServer(user)) !== 'replica') {
    await sleep(100);
  }
}

async function waitForPrimary(): Promise<void> {
  const user = await api.as('nobody');
  while ((await findServer(user)) !== 'primary') {
    await sleep(100);
  }
}

it('reads lists from the replica, and single rows from the primary', async () => {
  const ada = await api.as('ada');
  await pauseReplay();
  const id = await insertIntoPrimary(ada, 'new');
  expect(await titles(ada)).toEqual([]);
  await ada.get(`/api/tasks/${id}`).expect(200);
  await resumeReplay();
  while ((await titles(ada)).length === 0) {
    await sleep(20);
  }
  expect(await findServer(ada)).toBe('replica');
});

it("returns a user's own recent writes while the replica lags behind", async () => {
  const [ada, bob] = [await api.as('ada'), await api.as('bob')];
  await pauseReplay();
  const { body } = await ada.post('/api/tasks').send({ title: 'mine' }).expect(201);
  expect(await titles(ada)).toEqual(['mine']);
  expect(await findServer(bob)).toBe('replica');
  await ada.patch(`/api/tasks/${body.id}`).send({ title: 'changed' }).expect(200);
  expect(await titles(ada)).toEqual(['changed']);
  await ada.delete(`/api/tasks/${body.id}`).expect(204);
  expect(await titles(ada)).toEqual([]);
  await resumeReplay();
  await sleep(5_000);
  await waitForReplica();
  expect(await findServer(ada)).toBe('replica');
});

it('records a write in Redis for 5 s', async () => {
  const ada = await api.as('ada');
  await ada.post('/api/tasks').set('Idempotency-Key', 'key').send({ title: 'mine' }).expect(201);
  const client = new Redis(redisPort);
  const remaining = await client.pttl(`wrote:${ada.id}`);
  client.disconnect();
  expect(remaining).toBeGreaterThan(2_500);
  expect(remaining).toBeLessThanOrEqual(5_000);
});

it('does not read from a replica that is more than 5 s behind', async () => {
  const ada = await api.as('ada');
  await pauseReplay();
  await insertIntoPrimary(ada, 'new');
  await waitForPrimary();
  expect(await titles(ada)).toEqual(['new']);
  await resumeReplay();
  await waitForReplica();
  expect(await titles(ada)).toEqual(['new']);
});

it('keeps using the replica while the primary is idle', async () => {
  await sleep(7_000);
  expect(await findServer(await api.as('ada'))).toBe('replica');
});

it('reads from the primary without delay while the replica is down, and uses it again afterwards', async () => {
  const ada = await api.as('ada');
  await ada.post('/api/tasks').send({ title: 'mine' }).expect(201);
  await sleep(5_100);
  expect(await findServer(ada)).toBe('replica');
  await postgres.stopReplica();
  const startedAt = performance.now();
  for (let round = 0; round < 10; round++) {
    expect(await titles(ada)).toEqual(['mine']);
  }
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await findServer(ada)).toBe('primary');
  await postgres.startReplica();
  await waitForReplica();
});

it('reads from the primary while Redis is unavailable, and for 5 s after it is back', async () => {
  const ada = await api.as('ada');
  redis.kill('SIGKILL');
  await once(redis, 'exit');
  await sleep(50);
  await ada.post('/api/tasks').send({ title: 'mine' }).expect(201);
  expect(await findServer(ada)).toBe('primary');
  await startRedis();
  await sleep(2_500);
  expect(await findServer(ada)).toBe('primary');
  await waitForReplica();
});

it('reads lists from the primary if REDIS_URL is not set', async () => {
  const withoutRedis = await startApi({
    DATABASE_URL: postgres.primary.url,
    DATABASE_REPLICA_URL: postgres.replica.url,
  });
  const ada = await withoutRedis.as('ada');
  await sleep(1_500);
  await pauseReplay();
  await insertIntoPrimary(ada, 'new');
  expect(await titles(ada)).toEqual(['new']);
  await resumeReplay();
  await withoutRedis.close();
});

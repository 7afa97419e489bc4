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

// These need a `redis-server` on the PATH (Debian: apt-get install redis-server). They are no part of `npm test`:
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
  await untilReplicaServes();
}, 60_000);

afterAll(async () => {
  await api.close();
  redis.kill('SIGKILL');
  await postgres.stop();
});

const pause = () => queryOnce(postgres.superuserUrl, 'SELECT pg_wal_replay_pause()');
const resume = () => queryOnce(postgres.superuserUrl, 'SELECT pg_wal_replay_resume()');

/** A task that the user did not write through the api: nobody remembers that there was a write. */
async function writeBehindTheApi(user: Client, title: string): Promise<string> {
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

/** How often lists have been read from each server. */
async function reads(): Promise<{ replica: number; primary: number }> {
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  const count = (server: string) =>
    Number(
      new RegExp(`^database_list_reads_total\\{server="${server}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0,
    );
  return { replica: count('replica'), primary: count('primary') };
}

async function servedBy(user: Client): Promise<'replica' | 'primary'> {
  const before = await reads();
  await titles(user);
  return (await reads()).replica > before.replica ? 'replica' : 'primary';
}

async function untilReplicaServes(): Promise<void> {
  const user = await api.as('nobody');
  while ((await servedBy(user)) !== 'replica') await sleep(100);
}

async function untilPrimaryServes(): Promise<void> {
  const user = await api.as('nobody');
  while ((await servedBy(user)) !== 'primary') await sleep(100);
}

it('reads lists from the replica, and single rows from the primary', async () => {
  const ada = await api.as('ada');
  await pause();
  const id = await writeBehindTheApi(ada, 'new');
  expect(await titles(ada)).toEqual([]);
  await ada.get(`/api/tasks/${id}`).expect(200);
  await resume();
  while ((await titles(ada)).length === 0) await sleep(20);
  expect(await servedBy(ada)).toBe('replica');
});

it('shows users what they have just written, whatever the replica knows', async () => {
  const [ada, bob] = [await api.as('ada'), await api.as('bob')];
  await pause();
  const { body } = await ada.post('/api/tasks').send({ title: 'mine' }).expect(201);
  expect(await titles(ada)).toEqual(['mine']);
  expect(await servedBy(bob)).toBe('replica');
  await ada.patch(`/api/tasks/${body.id}`).send({ title: 'changed' }).expect(200);
  expect(await titles(ada)).toEqual(['changed']);
  await ada.delete(`/api/tasks/${body.id}`).expect(204);
  expect(await titles(ada)).toEqual([]);
  await resume();
  await sleep(5_000);
  await untilReplicaServes();
  expect(await servedBy(ada)).toBe('replica');
});

it('keeps the memory of a write where every instance finds it, for 5 s', async () => {
  const ada = await api.as('ada');
  await ada.post('/api/tasks').set('Idempotency-Key', 'key').send({ title: 'mine' }).expect(201);
  const client = new Redis(redisPort);
  const remaining = await client.pttl(`wrote:${ada.id}`);
  client.disconnect();
  expect(remaining).toBeGreaterThan(4_000);
  expect(remaining).toBeLessThanOrEqual(5_000);
});

it('does not read from a replica that is more than 5 s behind', async () => {
  const ada = await api.as('ada');
  await pause();
  await writeBehindTheApi(ada, 'new');
  await untilPrimaryServes();
  expect(await titles(ada)).toEqual(['new']);
  await resume();
  await untilReplicaServes();
  expect(await titles(ada)).toEqual(['new']);
});

it('takes a replica whose primary is idle for a new one', async () => {
  await sleep(7_000);
  expect(await servedBy(await api.as('ada'))).toBe('replica');
});

it('answers without a delay or an error while the replica is down, and uses it again by itself', async () => {
  const ada = await api.as('ada');
  await ada.post('/api/tasks').send({ title: 'mine' }).expect(201);
  await sleep(5_100);
  expect(await servedBy(ada)).toBe('replica');
  await postgres.stopReplica();
  const begun = performance.now();
  for (let round = 0; round < 10; round++) expect(await titles(ada)).toEqual(['mine']);
  expect(performance.now() - begun).toBeLessThan(2_000);
  expect(await servedBy(ada)).toBe('primary');
  await postgres.startReplica();
  await untilReplicaServes();
});

it('reads from the primary while Redis is away, and for 5 s after it is back', async () => {
  const ada = await api.as('ada');
  redis.kill('SIGKILL');
  await once(redis, 'exit');
  await sleep(50);
  await ada.post('/api/tasks').send({ title: 'mine' }).expect(201);
  expect(await servedBy(ada)).toBe('primary');
  await startRedis();
  await sleep(2_500);
  expect(await servedBy(ada)).toBe('primary');
  await untilReplicaServes();
});

it('keeps lists on the primary where there is no Redis', async () => {
  const alone = await startApi({
    DATABASE_URL: postgres.primary.url,
    DATABASE_REPLICA_URL: postgres.replica.url,
  });
  const ada = await alone.as('ada');
  await sleep(1_500);
  await pause();
  await writeBehindTheApi(ada, 'new');
  expect(await titles(ada)).toEqual(['new']);
  await resume();
  await alone.close();
});

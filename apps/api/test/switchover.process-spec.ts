import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../../../tools/run-program.js';
import { type ReplicatedPostgres, startReplicatedPostgres } from '../../../tools/test/replicated-postgres.js';
import { TcpProxy } from '../../../tools/test/tcp-proxy.js';
import { waitUntilReady } from '../../../tools/test/wait-until-ready.js';
import { type Client, type RunningApi, startApi } from './running-api.js';

let postgres: ReplicatedPostgres;
/** The address of the primary, as DNS or a virtual IP address has it. */
let proxy: TcpProxy;
let api: RunningApi;
let ada: Client;
let task: string;

beforeAll(async () => {
  postgres = await startReplicatedPostgres();
  const env = { ...process.env, DATABASE_URL: postgres.primary.url };
  await runProgram('apps/api/src/migrate.ts', { env });
  proxy = await TcpProxy.to(postgres.primary.url);
  api = await startApi({ DATABASE_URL: proxy.url, DATABASE_POOL_SIZE: '3' });
  ada = await api.as('ada');
  const { body } = await ada.post('/api/tasks').send({ title: 'Write' }).expect(201);
  task = `/api/tasks/${body.id}`;
}, 60_000);

afterAll(async () => {
  await api.close();
  await proxy.close();
  await postgres.stop();
});

let keys = 0;
const writes = {
  create: () => ada.post('/api/tasks').send({ title: 'New' }),
  'create in a transaction': () =>
    ada.post('/api/tasks').set('Idempotency-Key', `key-${keys++}`).send({ title: 'New' }),
  update: () => ada.patch(task).send({ title: 'Changed' }),
  'delete all data': () => ada.delete('/api/me'),
};

it('returns 503 while its connections lead to a standby, and uses the new primary without a restart', async () => {
  proxy.retarget(postgres.replica.url);
  proxy.disconnect();
  await sleep(1_100);
  await api.anonymous.get('/health/ready').expect(503);
  await api.anonymous.get('/health/live').expect(200);
  for (const [name, send] of Object.entries(writes)) {
    const responses = await Promise.all([send(), send(), send()]);
    expect([name, ...responses.map(({ status }) => status)]).toEqual([name, 503, 503, 503]);
    expect(Number(responses[0].headers['retry-after'])).toBeGreaterThan(0);
    expect(JSON.stringify(responses[0].body)).not.toMatch(/read-only|recovery/);
  }

  // The standby keeps running: no connection breaks by itself.
  proxy.retarget(postgres.primary.url);
  await waitUntilReady(api.url, 5_000);
  for (let round = 0; round < 3; round++) {
    await writes['create in a transaction']().expect(201);
  }
});

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { Redis } from 'ioredis';
import { startSample, stopSamples } from './sample-server.js';

// Not part of `npm test`. Needs `redis-server` on the PATH (Debian: apt-get install redis-server). Run it with:
//   npm run test:redis

let port: number;
let server: ChildProcess;

async function startRedis(): Promise<void> {
  server = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
    stdio: 'ignore',
  });
  await once(server, 'spawn');
  const client = new Redis(port, { lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
}

beforeAll(async () => {
  port = await getPort();
  await startRedis();
});
afterEach(stopSamples);
afterAll(() => void server.kill('SIGKILL'));

const start = () =>
  startSample({ rateLimitPerMinute: 4, redisUrl: `redis://127.0.0.1:${port}`, trustProxy: ['127.0.0.1'] });
const send = async (url: string, headers: Record<string, string>) =>
  (await fetch(url, { headers: { 'x-forwarded-for': '10.9.9.9', ...headers } })).status;

async function untilLimited(url: string, headers: Record<string, string>): Promise<void> {
  while ((await send(url, headers)) !== 429) {
    await sleep(50);
  }
}

it('counts a user across all instances', async () => {
  const [one, two] = [await start(), await start()];
  const all = [];
  for (let round = 0; round < 3; round++) {
    all.push(await send(`${one.url}/closed`, { 'x-user': 'ada' }));
    all.push(await send(`${two.url}/closed`, { 'x-user': 'ada' }));
  }
  expect(all).toEqual([200, 200, 200, 200, 429, 429]);
  expect(await send(`${two.url}/closed`, { 'x-user': 'bob' })).toBe(200);
});

it('counts an address across all instances', async () => {
  const [one, two] = [await start(), await start()];
  const headers = { 'x-forwarded-for': '10.0.0.7' };
  for (let round = 0; round < 2; round++) {
    expect(await send(`${one.url}/none`, headers)).toBe(404);
    expect(await send(`${two.url}/none`, headers)).toBe(404);
  }
  expect(await send(`${two.url}/none`, headers)).toBe(429);
});

it.each([
  ['a user', '/closed', { 'x-user': 'over-limit' }],
  ['an address', '/none', { 'x-forwarded-for': '10.0.0.8' }],
])('sends nothing to Redis for %s over the limit', async (_, path, headers) => {
  const { url } = await start();
  await untilLimited(url + path, headers);
  const client = new Redis(port);
  await client.config('RESETSTAT');
  for (let round = 0; round < 20; round++) {
    const response = await fetch(url + path, { headers: { 'x-forwarded-for': '10.9.9.9', ...headers } });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
  }
  const commands = await client.info('commandstats');
  client.disconnect();
  expect(commands).not.toContain('cmdstat_eval');
});

it('counts 20 concurrent requests as 20', async () => {
  const { url } = await start();
  const all = await Promise.all(
    Array.from({ length: 20 }, () => send(`${url}/closed`, { 'x-user': 'concurrent' })),
  );
  expect(all.filter((status) => status === 200)).toHaveLength(4);
});

it('sets an expiry on every counter', async () => {
  const { url } = await start();
  await send(`${url}/closed`, { 'x-user': 'carol' });
  const client = new Redis(port);
  const remaining = await client.pttl('limit:user:carol');
  client.disconnect();
  expect(remaining).toBeGreaterThan(50_000);
  expect(remaining).toBeLessThanOrEqual(60_000);
});

it('allows every request below the limit while Redis is down, and resumes counting when it is back', async () => {
  const { url } = await start();
  await untilLimited(`${url}/closed`, { 'x-user': 'dave' });
  server.kill('SIGKILL');
  await once(server, 'exit');
  await sleep(100);
  const startedAt = performance.now();
  for (let round = 0; round < 10; round++) {
    expect(await send(`${url}/closed`, { 'x-user': 'dana' })).toBe(200);
  }
  // Waiting for Redis each time takes 2.5 s.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await send(`${url}/closed`, { 'x-user': 'dave' })).toBe(429);
  await startRedis();
  await untilLimited(`${url}/closed`, { 'x-user': 'dana' });
});

it('allows every request while Redis is unresponsive, with at most one short delay per second', async () => {
  const { url } = await start();
  await untilLimited(`${url}/closed`, { 'x-user': 'erin' });
  server.kill('SIGSTOP');
  const startedAt = performance.now();
  for (let round = 0; round < 20; round++) {
    expect(await send(`${url}/closed`, { 'x-user': 'eric' })).toBe(200);
  }
  // Waiting for Redis each time takes 5 s.
  expect(performance.now() - startedAt).toBeLessThan(3_500);
  server.kill('SIGCONT');
  await untilLimited(`${url}/closed`, { 'x-user': 'eric' });
});

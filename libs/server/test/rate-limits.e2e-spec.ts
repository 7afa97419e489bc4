import { afterAll, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import getPort from 'get-port';
import { expectProblem, startSample, stopSamples } from './sample-server.js';

afterAll(stopSamples);

async function statuses(url: string, times: number, headers: Record<string, string> = {}): Promise<number[]> {
  const all = [];
  for (let index = 0; index < times; index++) {
    all.push((await fetch(url, { headers })).status);
  }
  return all;
}

it('count rejected requests by address, and then reject that address before authentication', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 3 });
  expect(await statuses(`${url}/closed`, 5)).toEqual([401, 401, 401, 429, 429]);
  expect(await statuses(`${url}/closed`, 1, { 'x-user': 'ada' })).toEqual([429]);
  const response = await fetch(`${url}/none`);
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  await expectProblem(response);
});

it('keep the length of a block when the clock steps backwards', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1 });
  expect(await statuses(`${url}/none`, 1)).toEqual([404]);
  expect(await statuses(`${url}/closed`, 1, { 'x-user': 'ada' })).toEqual([429]);
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
  try {
    const { status, headers } = await fetch(`${url}/none`);
    expect([status, Number(headers.get('retry-after')) <= 60]).toEqual([429, true]);
  } finally {
    clock.mockRestore();
  }
});

it('do not prevent a 500 for a response with an invalid header', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 10 });
  for (const headers of [{}, { 'x-user': 'ada' }] as Record<string, string>[]) {
    const response = await fetch(`${url}/invalid-header`, { headers });
    await expectProblem(response);
    expect(response.status).toBe(500);
  }
});

it('do not count 503 responses', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1 });
  expect(await statuses(`${url}/database-unavailable`, 3)).toEqual([503, 503, 503]);
});

it('do not apply to health checks and metrics', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1 });
  expect(await statuses(`${url}/none`, 2)).toEqual([404, 429]);
  for (const path of ['/health/live', '/health/ready', '/metrics']) {
    expect(await statuses(url + path, 3)).toEqual([200, 200, 200]);
  }
});

it('count a user across addresses, and not for the address', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 3, trustProxy: ['127.0.0.1'] });
  const send = (user: string, address: string) =>
    statuses(`${url}/closed`, 2, { 'x-user': user, 'x-forwarded-for': address });
  expect(await send('ada', '10.0.0.1')).toEqual([200, 200]);
  expect(await send('ada', '10.0.0.2')).toEqual([200, 429]);
  expect(await send('bob', '10.0.0.1')).toEqual([200, 200]);
  expect(await send('eve', '10.0.0.1')).toEqual([200, 200]);
  const response = await fetch(`${url}/closed`, { headers: { 'x-user': 'ada' } });
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  await expectProblem(response);
});

it('ignore X-Forwarded-For from an untrusted client', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1 });
  expect(await statuses(`${url}/none`, 1, { 'x-forwarded-for': '10.0.0.1' })).toEqual([404]);
  expect(await statuses(`${url}/none`, 1, { 'x-forwarded-for': '10.0.0.2' })).toEqual([429]);
});

it('count the address that a trusted proxy added, not one that the client forged', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1, trustProxy: ['127.0.0.0/8'] });
  for (const address of ['10.0.0.1', '10.0.0.2']) {
    expect(await statuses(`${url}/none`, 1, { 'x-forwarded-for': `6.6.6.6, ${address}` })).toEqual([404]);
    expect(await statuses(`${url}/none`, 1, { 'x-forwarded-for': `7.7.7.7, ${address}` })).toEqual([429]);
  }
});

it('count an IPv6 address by its /64 network', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1, trustProxy: ['127.0.0.1'] });
  const from = (address: string) => statuses(`${url}/none`, 1, { 'x-forwarded-for': address });
  expect(await from('2001:db8:1:2::1')).toEqual([404]);
  expect(await from('2001:db8:1:2:ffff::9')).toEqual([429]);
  expect(await from('2001:db8:1:3::1')).toEqual([404]);
});

it('count an address without the port that some proxies report', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 1, trustProxy: ['127.0.0.1', '10.0.0.0/8'] });
  const from = (address: string) => statuses(`${url}/none`, 1, { 'x-forwarded-for': address });
  expect(await from('203.0.113.9:4711')).toEqual([404]);
  expect(await from('203.0.113.9:4712, 10.0.0.1:80')).toEqual([429]);
  expect(await from('[2001:db8::1]:4711, 10.0.0.1')).toEqual([404]);
  expect(await from('2001:db8::1')).toEqual([429]);
});

it('are off if the limit is 0', async () => {
  const { url } = await startSample({ rateLimitPerMinute: 0 });
  expect(new Set(await statuses(`${url}/none`, 20))).toEqual(new Set([404]));
});

it('allow every request without delay while Redis is down', async () => {
  const { url } = await startSample({
    rateLimitPerMinute: 1,
    redisUrl: `redis://127.0.0.1:${await getPort()}`,
  });
  const startedAt = performance.now();
  expect(await statuses(`${url}/closed`, 5, { 'x-user': 'ada' })).toEqual([200, 200, 200, 200, 200]);
  expect(await statuses(`${url}/none`, 5)).toEqual([404, 404, 404, 404, 404]);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

it('allow every request without delay while Redis accepts connections but does not respond', async () => {
  const silentServer = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(silentServer, 'listening');
  const { port } = silentServer.address() as AddressInfo;
  const { app, url } = await startSample({ rateLimitPerMinute: 1, redisUrl: `redis://127.0.0.1:${port}` });
  const startedAt = performance.now();
  expect(await statuses(`${url}/closed`, 20, { 'x-user': 'ada' })).toEqual(
    Array.from({ length: 20 }, () => 200),
  );
  // Waiting for Redis each time takes 5 s.
  expect(performance.now() - startedAt).toBeLessThan(3_500);
  await app.close();
  silentServer.close();
});

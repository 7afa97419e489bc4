import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { killAll, run, startProcess } from './sample-process.js';

afterEach(killAll);

describe('on SIGTERM', () => {
  it('turns not ready, completes requests in flight before pools close, and exits with 0', async () => {
    const { child, exited, url, lines } = await startProcess();
    const agent = new Agent({ keepAlive: true });
    const [idle] = await once(get(`${url}/sample`, { agent }), 'response');
    idle.resume();
    child.kill('SIGTERM');
    while ((await fetch(`${url}/health/ready`)).status !== 503) {
      await sleep(10);
    }
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/sample`)).status).toBe(200);
    // This request completes half a second after the server starts to close.
    const slow = fetch(`${url}/slow`);
    await sleep(1_000);
    const late = await fetch(`${url}/sample`).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([503, 'closed']).toContain(late);
    const response = await slow;
    expect([response.status, await response.json()]).toEqual([200, { row: 'row' }]);
    expect(await exited).toEqual([0, null]);
    expect(await lines()).toContainEqual(expect.objectContaining({ route: '/slow', status: 200 }));
    agent.destroy();
  });

  it('does not wait for connections without a request', async () => {
    const { child, exited, port } = await startProcess();
    const idleSocket = connect(port, '127.0.0.1');
    idleSocket.on('error', () => {});
    await once(idleSocket, 'connect');
    const startedAt = performance.now();
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    idleSocket.destroy();
  });

  it('exits within 10 s even if a request hangs', async () => {
    const { child, exited, url } = await startProcess();
    const hanging = fetch(`${url}/hangs`).catch(() => 'aborted');
    await sleep(100);
    const startedAt = performance.now();
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await hanging).toBe('aborted');
  });
});

it('logs an unhandled rejection and exits with 1', async () => {
  const { exited, url, lines } = await startProcess();
  await fetch(`${url}/rejects-later`);
  expect(await exited).toEqual([1, null]);
  expect((await lines()).at(-1)).toMatchObject({ level: 60, err: { message: 'unhandled' } });
});

it.each(['PORT', 'METRICS_PORT'])(
  'reports in one line that its %s is in use',
  async (name) => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const env = { PORT: String(await getPort()), [name]: String(port) };
    const { exited, errors } = await run('sample-program.ts', env);
    const [stderr, [code]] = await Promise.all([errors, exited]);
    expect([code, stderr]).toEqual([
      1,
      `Port ${port} is in use. Stop the process that uses it, or choose another port.\n`,
    ]);
    taken.close();
  },
  20_000,
);

import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { killAll, run, startProcess } from './sample-process.js';

afterEach(killAll);

describe('at SIGTERM', () => {
  it('answers what is in flight before pools close, says that it is not ready, and exits with 0', async () => {
    const { child, url, lines } = await startProcess();
    const agent = new Agent({ keepAlive: true });
    const [idle] = await once(get(`${url}/sample`, { agent }), 'response');
    idle.resume();
    child.kill('SIGTERM');
    await sleep(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/sample`)).status).toBe(200);
    // It ends half a second after the server has begun to close.
    const slow = fetch(`${url}/slow`);
    await sleep(1_000);
    const late = await fetch(`${url}/sample`).then(
      ({ status }) => status,
      () => 'closed',
    );
    expect([503, 'closed']).toContain(late);
    const answer = await slow;
    expect([answer.status, await answer.json()]).toEqual([200, { row: 'row' }]);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await lines()).toContainEqual(expect.objectContaining({ route: '/slow', status: 200 }));
    agent.destroy();
  }, 20_000);

  it('does not wait for connections on which nothing was asked', async () => {
    const { child, port } = await startProcess();
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const begun = Date.now();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(Date.now() - begun).toBeLessThan(4_000);
    silent.destroy();
  }, 20_000);

  it('exits within 10 s although a request hangs', async () => {
    const { child, url } = await startProcess();
    const hanging = fetch(`${url}/hangs`).catch(() => 'cut off');
    await sleep(100);
    const begun = Date.now();
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(await hanging).toBe('cut off');
  }, 25_000);
});

it('ends with 1, and a last line, when something goes wrong that nobody waits for', async () => {
  const { child, url, lines } = await startProcess();
  await fetch(`${url}/rejects-later`);
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect((await lines()).at(-1)).toMatchObject({ level: 60, err: { message: 'nobody waits for this' } });
}, 20_000);

it.each(['PORT', 'METRICS_PORT'])(
  'says in one sentence that its %s is in use',
  async (name) => {
    const taken = createServer().listen(0);
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const env = { PORT: String(await getPort()), [name]: String(port) };
    const { child, errors } = run('sample-program.ts', env);
    const [said, [code]] = await Promise.all([errors, once(child, 'exit')]);
    expect([code, said]).toEqual([
      1,
      `Port ${port} is in use. Stop what listens there, or choose another port.\n`,
    ]);
    taken.close();
  },
  20_000,
);

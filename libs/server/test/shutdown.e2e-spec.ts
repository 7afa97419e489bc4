import { afterEach, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const running: ChildProcess[] = [];

afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function run(port: number): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--import', '@swc-node/register/esm-register', 'libs/server/test/sample-program.ts', String(port)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.push(child);
  return child;
}

async function started() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = run(port);
  const output = text(child.stdout!);
  while (
    !(await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await sleep(50);
  }
  return { child, url, output };
}

it('answers what is in flight, says that it is not ready, and exits with 0', async () => {
  const { child, url, output } = await started();
  const agent = new Agent({ keepAlive: true });
  const [idle] = await once(get(`${url}/sample`, { agent }), 'response');
  idle.resume();
  const slow = fetch(`${url}/slow`);
  await sleep(100);
  child.kill('SIGTERM');
  await sleep(200);
  const ready = await fetch(`${url}/health/ready`);
  expect(ready.status).toBe(503);
  expect((await fetch(`${url}/sample`)).status).toBe(200);
  await sleep(1_000);
  const late = await fetch(`${url}/sample`).then(
    ({ status }) => status,
    () => 'closed',
  );
  expect([503, 'closed']).toContain(late);
  expect((await slow).status).toBe(200);
  expect(await once(child, 'exit')).toEqual([0, null]);
  const lines = (await output).trim().split('\n');
  const slowLine = lines.map((line) => JSON.parse(line)).find(({ route }) => route === '/slow');
  expect(slowLine).toMatchObject({ method: 'GET', status: 200, requestId: expect.any(String) });
  agent.destroy();
}, 20_000);

it('exits within 10 s although a request hangs', async () => {
  const { child, url } = await started();
  const hanging = fetch(`${url}/hangs`).catch(() => 'cut off');
  await sleep(100);
  const begun = Date.now();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(Date.now() - begun).toBeLessThan(10_000);
  expect(await hanging).toBe('cut off');
}, 25_000);

it('says in one sentence that its port is in use', async () => {
  const taken = createServer().listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const child = run(port);
  const [errors, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  expect(code).toBe(1);
  expect(errors).toBe(`Port ${port} is in use. Stop what listens there, or choose another port.\n`);
  taken.close();
}, 20_000);

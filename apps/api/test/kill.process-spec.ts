import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { compile } from '../../../tools/compile.js';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { type Issuer, startIssuer } from '../../../tools/test/issuer.js';
import { waitUntilReady } from '../../../tools/test/wait-until-ready.js';
import { AUDIENCE } from './running-api.js';

const WRITERS = 8;

let database: TestDatabase;
let issuer: Issuer;
let port: number;
let api: ChildProcess;

beforeAll(async () => {
  [database, issuer, port] = await Promise.all([createTestDatabase(), startIssuer(), getPort()]);
  await start();
});

afterAll(async () => {
  api.kill('SIGKILL');
  await issuer.close();
  await database.drop();
});

async function start(): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    API_PORT: String(port),
    DATABASE_URL: database.url,
    DATABASE_PREPARED_STATEMENTS: process.env.DATABASE_PREPARED_STATEMENTS,
    JWKS_URL: issuer.jwksUrl,
    JWT_ISSUER: issuer.url,
    JWT_AUDIENCE: AUDIENCE,
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'silent',
  };
  api = spawn(process.execPath, [await compile('apps/api/src/main.ts')], { env, stdio: 'inherit' });
  await waitUntilReady(`http://localhost:${port}`);
}

it('loses no acknowledged task when it is killed while eight clients write', async () => {
  const token = await issuer.sign({ sub: 'ada', aud: AUDIENCE });
  const tasks = `http://localhost:${port}/api/tasks`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  const write = async (writer: number) => {
    for (let count = 0; ; count++) {
      const body = JSON.stringify({ title: `${writer}/${count}` });
      const response = await fetch(tasks, { method: 'POST', headers, body }).catch(() => undefined);
      if (!response) {
        return;
      }
      statuses.add(response.status);
      if (response.status === 503) {
        // Legitimate while the machine is so busy that no connection is free. It acknowledges nothing.
        await response.body?.cancel();
        await sleep(100);
        continue;
      }
      acknowledged.push(((await response.json()) as { id: string }).id);
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer).catch(() => {})));
  while (acknowledged.length < 20 * WRITERS) {
    await sleep(10);
  }
  const exited = once(api, 'exit');
  api.kill('SIGKILL');
  await Promise.all([exited, writing]);
  statuses.delete(503);
  expect([...statuses]).toEqual([201]);

  await start();
  for (const id of acknowledged) {
    const { status } = await fetch(`${tasks}/${id}`, { headers });
    expect({ id, status }).toEqual({ id, status: 200 });
  }
});

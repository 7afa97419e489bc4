import { equal } from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import getPort from 'get-port';
import { compile } from '../../tools/compile.js';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { runProgram } from '../../tools/run-program.js';
import { exitWithParent } from '../../tools/start/app.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { signUpForToken } from '../../tools/test/sign-in.js';
import { waitUntilReady } from '../../tools/test/wait-until-ready.js';
import { putUnderLoad, send } from './load.js';
import { startNginx, type Upstreams } from './nginx.js';
import { startPgBouncer } from './pgbouncer.js';

/**
 * Tests two api and two auth processes behind nginx, with PgBouncer and Redis (Debian: apt-get install nginx-light
 * pgbouncer redis-server).
 */
const USERS = 12;
/** More requests than a user sends in a minute of `putUnderLoad`. */
const LIMIT = 3_000;

const postgres = await startThrowawayPostgres();
const pooler = await startPgBouncer(postgres.url);
const redisPort = await getPort();
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
  stdio: 'ignore',
});
await once(redis, 'spawn');
const ports: Upstreams = {
  api: [await getPort(), await getPort()],
  auth: [await getPort(), await getPort()],
};
const nginx = await startNginx(ports);
const own = withoutSettings(process.env);
const env = {
  ...own,
  NODE_ENV: 'production',
  DATABASE_URL: pooler.url,
  DATABASE_PREPARED_STATEMENTS: 'false',
  BETTER_AUTH_URL: nginx.url,
  BETTER_AUTH_SECRET: randomBytes(32).toString('hex'),
  AUTH_URL: nginx.url,
  API_URL: nginx.url,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  TRUST_PROXY: '127.0.0.1',
  LOG_LEVEL: 'error',
};
const running = new Map<number, ChildProcess>();

try {
  await test('migrations can run three times at once', async () => {
    const programs = ['apps/api/src/migrate.ts', 'apps/auth/src/migrate.ts'];
    await Promise.all(
      [...programs, ...programs, ...programs].map((program) =>
        runProgram(program, { env: { ...own, DATABASE_URL: postgres.url } }),
      ),
    );
  });
  await test('two auth and two api processes start at the same time', async () => {
    await Promise.all([...ports.auth.map(startAuth), ...ports.api.map(startApi)]);
  });
  await test('both auth processes publish the same single key', async () => {
    const sets = await Promise.all(ports.auth.map(keysOf));
    equal(sets[0]!.length, 1);
    equal(sets[1]!.join(), sets[0]!.join());
  });

  const tokens: string[] = [];
  await test('every api process accepts the tokens of users who signed up at any auth process', async () => {
    for (let number = 0; number <= USERS; number++) {
      tokens.push(await signUpForToken(nginx.url, nginx.url, `user${number}@example.com`));
    }
    for (const port of ports.api) {
      const { status } = await send('GET', `http://localhost:${port}/api/tasks`, tokens[0]!);
      equal(status, 200);
    }
  });
  await test('a task can be edited although nginx weakens the ETags of compressed responses', async () => {
    const authorization = `Bearer ${tokens[0]!}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const task = JSON.stringify({ title: 'Write' });
    const created = await fetch(`${nginx.url}/api/tasks`, { method: 'POST', headers, body: task });
    const path = nginx.url + created.headers.get('location')!;
    equal((await fetch(path, { headers })).headers.get('etag'), 'W/"1"');
    const update = { method: 'PATCH', headers: { ...headers, 'if-match': 'W/"1"' }, body: task };
    equal((await fetch(path, update)).status, 200);
    equal((await fetch(path, update)).status, 412);
    equal((await fetch(path, { method: 'DELETE', headers: { authorization } })).status, 204);
  });
  await test(`both api processes together serve a user ${LIMIT} requests per minute`, async () => {
    const statuses: number[] = [];
    const user = tokens.pop()!;
    const ask = async () => {
      while (statuses.length < LIMIT + 50) {
        statuses.push((await send('GET', `${nginx.url}/api/me`, user)).status);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 20 }, ask));
    console.log(`       ${statuses.length} requests in ${Math.round(performance.now() - startedAt)} ms`);
    equal(statuses.filter((status) => status === 200).length, LIMIT);
    equal(statuses.filter((status) => status !== 200 && status !== 429).length, 0);
  });
  await test('no request fails while all four processes restart one by one', async () => {
    const load = putUnderLoad(nginx.url, tokens);
    for (const port of ports.api) {
      await restart('api', port, startApi);
    }
    for (const port of ports.auth) {
      await restart('auth', port, startAuth);
    }
    const responses = await load.stop();
    const failed = responses.filter(({ status }) => status < 200 || status >= 300);
    const slowest = Math.max(...responses.map(({ durationMs }) => durationMs));
    console.log(`       ${responses.length} requests, the slowest took ${Math.round(slowest)} ms`);
    for (const { status, body } of failed.slice(0, 5)) {
      console.log(`       ${status} ${body.slice(0, 200)}`);
    }
    equal(failed.length, 0);
    equal(responses.length > 1_000, true);
  });
  await test('keys and tokens survive the restarts', async () => {
    equal((await keysOf(ports.auth[0]!)).length, 1);
    equal((await send('GET', `${nginx.url}/api/me`, tokens[0]!)).status, 200);
  });
} finally {
  for (const child of running.values()) {
    child.kill('SIGKILL');
  }
  await nginx.stop();
  redis.kill('SIGKILL');
  await pooler.stop();
  await postgres.stop();
}
async function startApi(port: number): Promise<void> {
  await startApp('api', port, { API_PORT: String(port), RATE_LIMIT_PER_MINUTE: String(LIMIT) });
}

async function startAuth(port: number): Promise<void> {
  await startApp('auth', port, { AUTH_PORT: String(port), RATE_LIMIT_PER_MINUTE: '0' });
}

async function startApp(name: string, port: number, settings: Record<string, string>): Promise<void> {
  const program = await compile(`apps/${name}/src/main.ts`);
  running.set(port, fork(program, { execArgv: ['--import', exitWithParent], env: { ...env, ...settings } }));
  await waitUntilReady(`http://localhost:${port}`);
}

/** Restarts a process as a rolling deployment does: drain, stop, start, and route requests again. */
async function restart(
  app: keyof Upstreams,
  port: number,
  start: (port: number) => Promise<void>,
): Promise<void> {
  await nginx.balanceOver({ ...ports, [app]: ports[app].filter((other) => other !== port) });
  const child = running.get(port)!;
  const startedAt = performance.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  console.log(
    `       the ${app} on port ${port} ended after ${Math.round(performance.now() - startedAt)} ms`,
  );
  equal(code, 0);
  await start(port);
  await nginx.balanceOver(ports);
}

async function keysOf(port: number): Promise<string[]> {
  const response = await fetch(`http://localhost:${port}/.well-known/jwks.json`);
  const { keys } = (await response.json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}

import { equal, match } from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import getPort from 'get-port';
import { startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { signUpForToken } from '../../tools/test/sign-in.js';
import { waitUntilReady } from '../../tools/test/wait-until-ready.js';
import { stepsOf } from '../checks/documented-steps.js';
import { run } from './commands.js';

/** Starts the built apps in production mode with their npm scripts, configured only by the environment. */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

const postgres = await startThrowawayPostgres();
const [apiPort, authPort] = [await getPort(), await getPort()];
const api = `http://localhost:${apiPort}`;
const auth = `http://localhost:${authPort}`;
const urls = { DATABASE_URL: postgres.appUrls.api, AUTH_DATABASE_URL: postgres.appUrls.auth };
const common = { ...withoutSettings(process.env), NODE_ENV: 'production', ...urls };
const apps: ChildProcess[] = [];
try {
  await test('db:migrate can run twice', () => {
    for (const _ of [1, 2]) {
      const env = {
        ...common,
        NODE_ENV: undefined,
        MIGRATION_DATABASE_URL: postgres.url,
      };
      const { status } = spawnSync('npm', ['run', 'db:migrate'], { env, stdio: 'inherit', shell: true });
      equal(status, 0);
    }
  });
  await test('an app without its environment exits with 1', async () => {
    const app = startApp('start:api', { ...common, DATABASE_URL: undefined });
    equal((await once(app, 'exit'))[0], 1);
  });
  await test('auth and api become ready', async () => {
    const authEnv = { AUTH_PORT: String(authPort), BETTER_AUTH_URL: auth, API_URL: api };
    const apiEnv = {
      API_PORT: String(apiPort),
      JWT_ISSUER: auth,
      JWT_AUDIENCE: api,
      JWKS_URL: `${auth}/.well-known/jwks.json`,
    };
    apps.push(
      startApp('start:auth', { ...common, ...authEnv, BETTER_AUTH_SECRET: randomBytes(32).toString('hex') }),
    );
    apps.push(startApp('start:api', { ...common, ...apiEnv }));
    await Promise.all([waitUntilReady(auth), waitUntilReady(api)]);
  });
  let token = '';
  await test('a user signs up and gets a token', async () => {
    token = await signUpForToken(auth, auth, 'ada@example.com');
  });
  await test('the user creates a task and lists it', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'Write' });
    const created = await fetch(`${api}/api/tasks`, { method: 'POST', headers, body });
    equal(created.status, 201);
    const { items } = (await (await fetch(`${api}/api/tasks`, { headers })).json()) as {
      items: { title: string }[];
    };
    equal(items.map(({ title }) => title).join(), 'Write');
  });
  await test('returns 401 without a token', async () => {
    equal((await fetch(`${api}/api/tasks`)).status, 401);
  });
  await test('the curl commands in the README call the api, also from a script', () => {
    const readme = readFileSync('README.md', 'utf8');
    const commands = stepsOf(readme, ['sh'])
      .map(({ text }) =>
        text.replaceAll('http://localhost:3001', api).replaceAll('http://localhost:3002', auth),
      )
      .filter((text) => text.includes('curl '));
    equal(commands.length, 2);
    const cwd = mkdtempSync(join(tmpdir(), 'readme-'));
    try {
      mkdirSync(join(cwd, '.data'));
      const script = commands.join('').replaceAll('ada@example.com', 'reader@example.com');
      const { status, output, errors } = run('bash', ['-euo', 'pipefail', '-c', script], { cwd });
      equal(status, 0, errors);
      // The last command lists what the user has created.
      match(output.trimEnd().split('}{').at(-1)!, /"items":\[\{.*"title":"Write a letter"/);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
  for (const app of apps) {
    await test(`${app.spawnargs.at(-1)} exits with 0 on SIGTERM`, async () => {
      app.kill('SIGTERM');
      equal((await once(app, 'exit'))[0], 0);
    });
  }
} finally {
  for (const app of apps) {
    app.kill('SIGKILL');
  }
  await postgres.stop();
}
/** Runs the command of an npm script without npm, which exits with 143 after SIGTERM. */
function startApp(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  const [, ...args] = (scripts[script] as string).split(' ');
  return spawn(process.execPath, args, { env, stdio: 'inherit' });
}

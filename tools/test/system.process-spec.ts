import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import getPort from 'get-port';
import { compile } from '../compile.js';
import { exitWithParent } from '../start/app.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { signUpForToken } from './sign-in.js';
import { waitUntilReady } from './wait-until-ready.js';

/** The api and the auth server as they are deployed: two processes, real tokens, one database. */
describe('the system', () => {
  let database: TestDatabase;
  let auth: string;
  let api: string;
  const apps: ChildProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const [authPort, apiPort] = [await getPort(), await getPort()];
    auth = `http://localhost:${authPort}`;
    api = `http://localhost:${apiPort}`;
    const env = {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      AUTH_PORT: String(authPort),
      API_PORT: String(apiPort),
      BETTER_AUTH_URL: auth,
      BETTER_AUTH_SECRET: randomBytes(32).toString('hex'),
      API_URL: api,
      AUTH_URL: auth,
      JWT_ISSUER: auth,
      JWT_AUDIENCE: api,
      JWKS_URL: `${auth}/.well-known/jwks.json`,
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'fatal',
    };
    for (const name of ['auth', 'api']) {
      const execArgv = ['--import', exitWithParent];
      apps.push(fork(await compile(`apps/${name}/src/main.ts`), { execArgv, env }));
    }
    await Promise.all([waitUntilReady(auth), waitUntilReady(api)]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(
      apps.map(async (app) => {
        app.kill('SIGTERM');
        await once(app, 'exit');
      }),
    );
    await database.drop();
  });

  it('lets a user sign up, create, complete and delete a task', async () => {
    const token = await signUpForToken(auth, auth, 'ada@example.com');
    const send = (method: string, path: string, body?: unknown) =>
      fetch(`${api}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        body: body ? JSON.stringify(body) : undefined,
      });

    const me = await (await send('GET', '/api/me')).json();
    expect(me).toMatchObject({ email: 'ada@example.com', name: 'Ada' });

    const created = await send('POST', '/api/tasks', { title: 'Write' });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const path = `/api/tasks/${id}`;
    expect(await (await send('PATCH', path, { completed: true })).json()).toMatchObject({ completed: true });
    expect(await (await send('GET', '/api/tasks')).json()).toMatchObject({ items: [{ id, title: 'Write' }] });

    expect((await send('DELETE', path)).status).toBe(204);
    expect((await send('GET', path)).status).toBe(404);
  });

  it("returns 404 for another user's task", async () => {
    const [ada, bob] = [
      await signUpForToken(auth, auth, 'ada.2@example.com'),
      await signUpForToken(auth, auth, 'bob@example.com'),
    ];
    const created = await fetch(`${api}/api/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ada}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Write' }),
    });
    const path = `${api}${created.headers.get('location')}`;
    expect((await fetch(path, { headers: { authorization: `Bearer ${ada}` } })).status).toBe(200);
    expect((await fetch(path, { headers: { authorization: `Bearer ${bob}` } })).status).toBe(404);
  });

  it('exports every metric that the dashboard and the alerts use', async () => {
    const metrics = await Promise.all([api, auth].map(async (url) => (await fetch(`${url}/metrics`)).text()));
    const known = new Set(
      metrics
        .join('\n')
        .match(/^# TYPE \S+/gm)!
        .map((line) => line.slice('# TYPE '.length)),
    );
    const named = [...namedMetrics('dashboard.json'), ...namedMetrics('alerts.yml')];
    expect(named.length).toBeGreaterThan(20);
    // Prometheus adds `up` itself. A histogram has three series.
    const missing = named.filter(
      (name) => name !== 'up' && !known.has(name.replace(/_(bucket|count|sum)$/, '')),
    );
    expect(missing).toEqual([]);
  });
});

/** Returns the metric names in the queries of a file: words that are not functions, labels or PromQL keywords. */
function namedMetrics(file: string): string[] {
  const text = readFileSync(`deploy/observability/${file}`, 'utf8');
  const queries = file.endsWith('.json')
    ? [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, json]) => JSON.parse(json!) as string)
    : [...text.matchAll(/ expr: (?:>-\n)?((?:.|\n(?! +for:))*)/g)].map(([, query]) => query!);
  return queries.flatMap((query) =>
    query
      .replace(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on) \([^)]*\)/g, ' ')
      .match(/(?<![\w.])[a-z_]\w*(?![\w(]| \()/g)!
      .filter((word) => !['and', 'or', 'unless', 'sum'].includes(word)),
  );
}

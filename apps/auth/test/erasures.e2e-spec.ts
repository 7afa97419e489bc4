import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import getPort from 'get-port';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { AccountDeletions } from '../src/identity/identity.tokens.js';
import { startAuthProcess, startProcess } from './auth-process.js';
import { type AuthServer, startOn } from './auth-server.js';
import { Browser } from './browser.js';
import { cleanUp } from './clean-up.js';
import { ErasingApi } from './erasing-api.js';
import { makeDatabase, PASSWORD } from './settings.js';

let database: TestDatabase;
let server: AuthServer;
let api: ErasingApi;

beforeAll(async () => {
  database = await makeDatabase();
  api = await ErasingApi.start();
  server = await startOn(database.url, { API_INTERNAL_URL: api.url });
});

beforeEach(() => {
  api.jwksUrl = `${server.url}/.well-known/jwks.json`;
  api.mishap = undefined;
  api.erased.length = 0;
  api.requests = 0;
});

afterEach(() => sql`delete from auth.erasures`.execute(server.db));

afterAll(cleanUp);

interface Owed {
  user_id: string;
  attempts: number;
  seconds: number;
}

const owed = async () => {
  const { rows } = await sql<Owed>`
    select user_id, attempts, extract(epoch from next_attempt_at - now())::int as seconds
    from auth.erasures order by user_id`.execute(server.db);
  return rows;
};

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 12_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('This did not come about in time.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const deleteAccount = async () => {
  const { browser, id } = await server.signUp('ada');
  const { status } = await browser.post('/api/auth/delete-user', { password: PASSWORD });
  expect(status).toBe(200);
  return id;
};

/** Lets the time pass that the next attempt waits for. */
const wait = (seconds: number) =>
  sql`
    update auth.erasures set requested_at = requested_at - make_interval(secs => ${seconds}),
      next_attempt_at = next_attempt_at - make_interval(secs => ${seconds})`.execute(server.db);

const wake = (at = server) => at.app.get(AccountDeletions).next();

it('has the api erase the rows of a deleted account at once, and once more when its last token is dead', async () => {
  const id = await deleteAccount();
  const begin = performance.now();
  await until(() => api.erased.length === 1);
  expect(performance.now() - begin).toBeLessThan(1_000);
  await until(async () => (await owed())[0]?.attempts === 0);
  const [erasure] = await owed();
  expect(erasure).toMatchObject({ user_id: id });
  expect(erasure!.seconds).toBeGreaterThan(15 * 60);
  expect(erasure!.seconds).toBeLessThan(17 * 60);

  await wait(erasure!.seconds - 30);
  wake();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(api.erased).toEqual([id]);

  await wait(31);
  wake();
  await until(async () => (await owed()).length === 0);
  expect(api.erased).toEqual([id, id]);
});

it('notes what is owed in the transaction that deletes, whoever deletes', async () => {
  const [kept, gone] = [await server.signUp('ada'), await server.signUp('bob')];
  await server.db
    .transaction()
    .execute(async (transaction) => {
      await sql`delete from auth."user" where id = ${kept.id}`.execute(transaction);
      throw new Error('rolled back');
    })
    .catch(() => {});
  await sql`delete from auth."user" where id = ${gone.id}`.execute(server.db);
  expect((await owed()).map(({ user_id: id }) => id)).toEqual([gone.id]);
});

it.each([
  ['is not ready', 503],
  ['does not know the route', 404],
  ['says yes, but not that it is done', 200],
])('asks again, less and less often, while the api %s', async (_case, status) => {
  api.mishap = (response) => response.writeHead(status).end();
  await deleteAccount();
  for (const [attempts, delay] of [
    [1, 1],
    [2, 2],
    [3, 4],
  ] as const) {
    await until(() => api.requests === attempts);
    await until(async () => (await owed())[0]!.seconds <= delay);
    expect((await owed())[0]).toMatchObject({ attempts });
    await wait(delay);
    if (attempts < 3) wake();
  }
  await sql`update auth.erasures set attempts = 40`.execute(server.db);
  wake();
  await until(() => api.requests === 4);
  await until(async () => (await owed())[0]!.seconds > 290);
  expect((await owed())[0]!.seconds).toBeLessThanOrEqual(300);

  api.mishap = undefined;
  await wait(301);
  wake();
  await until(() => api.erased.length === 1);
});

it('asks again when the api dies midway, and comes back', async () => {
  api.mishap = () => {};
  const id = await deleteAccount();
  await until(() => api.requests === 1);
  const port = await api.die();
  await until(async () => (await owed())[0]!.seconds < 20);
  await wait(60);
  wake();
  await until(async () => (await owed())[0]!.attempts === 2);

  api.mishap = undefined;
  await api.listen(port);
  await wait(60);
  wake();
  await until(() => api.erased.length === 1);
  expect(api.erased).toEqual([id]);
});

it('sends its token nowhere but to the api', async () => {
  const elsewhere = await ErasingApi.start();
  api.mishap = (response) => response.writeHead(307, { location: `${elsewhere.url}/api/me` }).end();
  await deleteAccount();
  await until(() => api.requests === 1);
  await until(async () => (await owed())[0]!.seconds <= 1);
  expect(elsewhere.requests).toBe(0);
});

it('shares the work between processes, without doing any twice', async () => {
  const twin = await startOn(database.url, { API_INTERNAL_URL: api.url });
  const ids = Array.from({ length: 40 }, (_, index) => `user-${String(index).padStart(2, '0')}`);
  await sql`insert into auth.erasures (user_id) select unnest(${ids}::text[])`.execute(server.db);
  wake();
  wake(twin);
  await until(() => api.erased.length >= 40);
  await until(async () => (await owed()).every(({ attempts }) => attempts === 0));
  expect(api.erased.toSorted()).toEqual(ids);
  await twin.close();
});

it('forgets nothing when the auth server is killed midway', async () => {
  const victim = await startAuthProcess(database.url, { API_INTERNAL_URL: api.url });
  const browser = new Browser(victim.url, { origin: 'http://app.test' });
  const unanswered: ServerResponse[] = [];
  api.mishap = (response) => void unanswered.push(response);
  const { body } = await browser.post('/api/auth/sign-up/email', {
    name: 'ada',
    email: 'killed@example.com',
    password: PASSWORD,
  });
  await browser.post('/api/auth/delete-user', { password: PASSWORD });
  await until(() => api.requests === 1);
  await victim.kill();
  expect(await owed()).toMatchObject([{ user_id: body.user.id, attempts: 1 }]);

  api.mishap = undefined;
  // The server of the other tests may have been the one that asked.
  for (const response of unanswered) response.destroy();
  await wait(31);
  wake();
  await until(() => api.erased.length === 1);
  expect(api.erased).toEqual([body.user.id]);
});

it('has the real api erase what a deleted person wrote', async () => {
  const port = await getPort();
  const issuer = await startOn(database.url, { API_INTERNAL_URL: `http://localhost:${port}` });
  const realApi = await startProcess('apps/api/src/main.ts', port, {
    NODE_ENV: 'test',
    API_PORT: String(port),
    DATABASE_URL: database.url,
    JWKS_URL: `${issuer.url}/.well-known/jwks.json`,
    JWT_ISSUER: 'http://app.test',
    JWT_AUDIENCE: 'http://api.test',
  });
  const { browser, id } = await issuer.signUp('ada');
  const { body } = await browser.get('/api/auth/token');
  const person = new Browser(realApi.url, { authorization: `Bearer ${body.token}` });
  expect((await person.post('/api/tasks', { title: 'Write' })).status).toBe(201);

  await browser.post('/api/auth/delete-user', { password: PASSWORD });
  await until(async () => (await owed())[0]!.seconds > 600);
  const { rows } = await sql`select 1 from public.tasks where owner_id = ${id}`.execute(server.db);
  expect(rows).toEqual([]);
});

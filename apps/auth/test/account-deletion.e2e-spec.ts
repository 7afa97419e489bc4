import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import getPort from 'get-port';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { AccountDeletedEvents } from '../src/better-auth/account-deleted-events.js';
import './cached-password-hashes.js';
import { startAuthProcess, startProcess } from './auth-process.js';
import { type AuthServer, startAuthServerOn } from './auth-server.js';
import { createDatabase, PASSWORD } from './environment.js';
import { FakeApi } from './fake-api.js';
import { HttpClient } from './http-client.js';
import { teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

let database: TestDatabase;
let server: AuthServer;
let api: FakeApi;

beforeAll(async () => {
  database = await createDatabase();
  api = await FakeApi.start();
  server = await startAuthServerOn(database.url, { API_INTERNAL_URL: api.url });
});

beforeEach(() => {
  api.jwksUrl = `${server.url}/.well-known/jwks.json`;
  api.override = undefined;
  api.deletedUsers.length = 0;
  api.requests = 0;
});

afterEach(() => sql`DELETE FROM auth.account_deletions`.execute(server.db));

afterAll(teardown);

interface QueuedDeletion {
  user_id: string;
  attempts: number;
  /** Time until the next attempt. */
  seconds: number;
}

const queuedDeletions = async () => {
  const { rows } = await sql<QueuedDeletion>`
    SELECT user_id, attempts, extract(epoch FROM next_attempt_at - now())::int AS seconds
    FROM auth.account_deletions ORDER BY user_id`.execute(server.db);
  return rows;
};

const deleteAccount = async () => {
  const { client, id } = await server.signUp('ada');
  const { status } = await client.post('/api/auth/delete-user', { password: PASSWORD });
  expect(status).toBe(200);
  return id;
};

/** Moves the queued deletions into the past, as if this time had passed. */
const advanceTime = (seconds: number) =>
  sql`
    UPDATE auth.account_deletions SET requested_at = requested_at - make_interval(secs => ${seconds}),
      next_attempt_at = next_attempt_at - make_interval(secs => ${seconds})`.execute(server.db);

/** Makes the server check the queue at once instead of after its poll interval. */
const deliverNow = (at = server) => at.app.get(AccountDeletedEvents).next();

it('deletes the data of a deleted account at once, and again when its last token has expired', async () => {
  const id = await deleteAccount();
  const start = performance.now();
  await waitUntil(() => api.deletedUsers.length === 1);
  // The next poll is after 5 s.
  expect(performance.now() - start).toBeLessThan(4_500);
  await waitUntil(async () => (await queuedDeletions())[0]?.attempts === 0);
  const [deletion] = await queuedDeletions();
  expect(deletion).toMatchObject({ user_id: id });
  expect(deletion!.seconds).toBeGreaterThan(15 * 60);
  expect(deletion!.seconds).toBeLessThan(17 * 60);

  await advanceTime(deletion!.seconds - 30);
  deliverNow();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(api.deletedUsers).toEqual([id]);

  await advanceTime(31);
  deliverNow();
  await waitUntil(async () => (await queuedDeletions()).length === 0);
  expect(api.deletedUsers).toEqual([id, id]);
});

it('enqueues a deletion in the transaction that deletes the user, even if it is plain SQL', async () => {
  const [kept, deleted] = [await server.signUp('ada'), await server.signUp('bob')];
  await server.db
    .transaction()
    .execute(async (transaction) => {
      await sql`DELETE FROM auth."user" WHERE id = ${kept.id}`.execute(transaction);
      throw new Error('rolled back');
    })
    .catch(() => {});
  await sql`DELETE FROM auth."user" WHERE id = ${deleted.id}`.execute(server.db);
  expect((await queuedDeletions()).map(({ user_id: id }) => id)).toEqual([deleted.id]);
});

it.each([
  ['503 (not ready)', 503],
  ['404 (unknown route)', 404],
  ['200 (not the expected 204)', 200],
])('retries with exponential backoff while the api responds with %s', async (_case, status) => {
  api.override = (response) => response.writeHead(status).end();
  await deleteAccount();
  for (const [attempts, delay] of [
    [1, 1],
    [2, 2],
    [3, 4],
  ] as const) {
    await waitUntil(() => api.requests === attempts);
    await waitUntil(async () => (await queuedDeletions())[0]!.seconds <= delay);
    expect((await queuedDeletions())[0]).toMatchObject({ attempts });
    await advanceTime(delay);
    if (attempts < 3) {
      deliverNow();
    }
  }
  await sql`UPDATE auth.account_deletions SET attempts = 40`.execute(server.db);
  deliverNow();
  await waitUntil(() => api.requests === 4);
  await waitUntil(async () => (await queuedDeletions())[0]!.seconds > 290);
  expect((await queuedDeletions())[0]!.seconds).toBeLessThanOrEqual(300);

  api.override = undefined;
  await advanceTime(301);
  deliverNow();
  await waitUntil(() => api.deletedUsers.length === 1);
});

it('retries after the api was killed during a request and restarted', async () => {
  api.override = () => {};
  const id = await deleteAccount();
  await waitUntil(() => api.requests === 1);
  const port = await api.kill();
  await waitUntil(async () => (await queuedDeletions())[0]!.seconds < 20);
  await advanceTime(60);
  deliverNow();
  await waitUntil(async () => (await queuedDeletions())[0]!.attempts === 2);

  api.override = undefined;
  await api.listen(port);
  await advanceTime(60);
  deliverNow();
  await waitUntil(() => api.deletedUsers.length === 1);
  expect(api.deletedUsers).toEqual([id]);
});

it('does not follow redirects, so its token reaches only the api', async () => {
  const otherServer = await FakeApi.start();
  api.override = (response) => response.writeHead(307, { location: `${otherServer.url}/api/me` }).end();
  await deleteAccount();
  await waitUntil(() => api.requests === 1);
  await waitUntil(async () => (await queuedDeletions())[0]!.seconds <= 1);
  expect(otherServer.requests).toBe(0);
});

it('delivers each deletion once when two processes share the queue', async () => {
  const twin = await startAuthServerOn(database.url, { API_INTERNAL_URL: api.url });
  const ids = Array.from({ length: 40 }, (_, index) => `user-${String(index).padStart(2, '0')}`);
  await sql`INSERT INTO auth.account_deletions (user_id) SELECT unnest(${ids}::text[])`.execute(server.db);
  deliverNow();
  deliverNow(twin);
  await waitUntil(() => api.deletedUsers.length >= 40);
  await waitUntil(async () => (await queuedDeletions()).every(({ attempts }) => attempts === 0));
  expect(api.deletedUsers.toSorted()).toEqual(ids);
  await twin.close();
});

it('loses no deletion when the auth server is killed during a request to the api', async () => {
  const victim = await startAuthProcess(database.url, { API_INTERNAL_URL: api.url });
  const client = new HttpClient(victim.url, { origin: 'http://app.test' });
  const pendingResponses: ServerResponse[] = [];
  api.override = (response) => void pendingResponses.push(response);
  const { body } = await client.post('/api/auth/sign-up/email', {
    name: 'ada',
    email: 'killed@example.com',
    password: PASSWORD,
  });
  await client.post('/api/auth/delete-user', { password: PASSWORD });
  await waitUntil(() => api.requests === 1);
  await victim.kill();
  expect(await queuedDeletions()).toMatchObject([{ user_id: body.user.id, attempts: 1 }]);

  api.override = undefined;
  // The server of the other tests may have leased the deletion instead.
  for (const response of pendingResponses) {
    response.destroy();
  }
  await advanceTime(31);
  deliverNow();
  await waitUntil(() => api.deletedUsers.length === 1);
  expect(api.deletedUsers).toEqual([body.user.id]);
});

it("deletes the user's tasks in the real api", async () => {
  const port = await getPort();
  const issuer = await startAuthServerOn(database.url, { API_INTERNAL_URL: `http://localhost:${port}` });
  const realApi = await startProcess('apps/api/src/main.ts', port, {
    NODE_ENV: 'test',
    API_PORT: String(port),
    DATABASE_URL: database.url,
    JWKS_URL: `${issuer.url}/.well-known/jwks.json`,
    JWT_ISSUER: 'http://app.test',
    JWT_AUDIENCE: 'http://api.test',
  });
  const { client, id } = await issuer.signUp('ada');
  const { body } = await client.get('/api/auth/token');
  const apiClient = new HttpClient(realApi.url, { authorization: `Bearer ${body.token}` });
  expect((await apiClient.post('/api/tasks', { title: 'Write' })).status).toBe(201);

  await client.post('/api/auth/delete-user', { password: PASSWORD });
  await waitUntil(async () => (await queuedDeletions())[0]!.seconds > 600);
  const { rows } = await sql`SELECT 1 FROM public.tasks WHERE owner_id = ${id}`.execute(server.db);
  expect(rows).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { TcpProxy } from '../../../tools/test/tcp-proxy.js';
import { waitUntilReady } from '../../../tools/test/wait-until-ready.js';
import { connectDatabase } from '../src/database/database.js';
import { type ServerProcess, startAuthProcess } from './auth-process.js';
import { createDatabase, ORIGIN, PASSWORD } from './environment.js';
import { HttpClient } from './http-client.js';
import { closeAfterTests, teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

let proxy: TcpProxy;
let server: ServerProcess;
let ada: HttpClient;

const email = 'ada@example.com';
const client = () => new HttpClient(server.url, { origin: ORIGIN });

beforeAll(async () => {
  proxy = await TcpProxy.to((await createDatabase()).url);
  closeAfterTests(() => proxy.close());
  server = await startAuthProcess(proxy.url, {
    NODE_ENV: 'production',
    SMTP_URL: 'smtp://127.0.0.1:9',
    DATABASE_POOL_SIZE: '2',
  });
  ada = client();
  await ada.post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
});

afterAll(teardown);

const requests: [string, () => Promise<{ status: number; headers: Headers; body: unknown }>][] = [
  ['sign-in', () => client().post('/api/auth/sign-in/email', { email, password: PASSWORD })],
  [
    'sign-up',
    () =>
      client().post('/api/auth/sign-up/email', {
        name: 'bob',
        email: 'bob@example.com',
        password: PASSWORD,
      }),
  ],
  ['token', () => ada.get('/api/auth/token')],
  ['session', () => ada.get('/api/auth/get-session')],
  ['session list', () => ada.get('/api/auth/list-sessions')],
  ['sign-out', () => ada.post('/api/auth/sign-out')],
  ['password reset', () => client().post('/api/auth/request-password-reset', { email })],
  ['deletion', () => ada.post('/api/auth/delete-user', { password: PASSWORD })],
  ['public keys', () => client().get('/.well-known/jwks.json')],
];

const expectUnavailable = async (request: (typeof requests)[number][1]) => {
  const start = performance.now();
  const { status, headers, body } = await request();
  expect({ status, body }).toMatchObject({
    status: 503,
    body: { status: 503, title: 'Service Unavailable' },
  });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(headers.get('content-type')).toMatch('application/problem+json');
  expect(headers.getSetCookie()).toEqual([]);
  expect(performance.now() - start).toBeLessThan(5_000);
};

describe('while the database is down', () => {
  let restore: () => Promise<void>;

  beforeAll(async () => {
    restore = await proxy.block();
  });

  it.each(requests)('returns 503 for %s and leaves the cookies unchanged', (_name, request) =>
    expectUnavailable(request),
  );

  it('is live but not ready', async () => {
    await waitUntil(async () => (await client().get('/health/ready')).status === 503);
    expect((await client().get('/health/live')).status).toBe(200);
  });

  it('recovers without a restart, and keeps users signed in', async () => {
    await restore();
    expect((await ada.get('/api/auth/token')).status).toBe(200);
    await waitUntilReady(server.url);
  });
});

it('survives losing a connection between two statements of a transaction', async () => {
  // A sign-up has several statements in its transaction, after it has hashed the password.
  for (const delay of [20, 40, 60, 80]) {
    const user = { name: 'carol', email: `carol-${delay}@example.com`, password: PASSWORD };
    const signUp = client().post('/api/auth/sign-up/email', user);
    await new Promise((resolve) => setTimeout(resolve, delay));
    proxy.disconnect();
    expect([200, 503]).toContain((await signUp).status);
  }
  expect((await ada.get('/api/auth/token')).status).toBe(200);
});

it('returns 503 when the database stops responding, and then opens new connections', async () => {
  proxy.stall();
  await Promise.all([expectUnavailable(requests[2]![1]), expectUnavailable(requests[2]![1])]);
  proxy.recover();
  // Statements of background jobs can still occupy the pool of two connections until they time out.
  await waitUntil(async () => (await ada.get('/api/auth/token')).status === 200);
});

it('ends a transaction with the statement that times out', async () => {
  const db = connectDatabase({ url: proxy.url, poolSize: 1, queryTimeoutMs: 5_000 });
  closeAfterTests(() => db.destroy());
  const start = performance.now();
  const transaction = db.transaction().execute(async (statements) => {
    await sql`SELECT`.execute(statements);
    proxy.stall();
    await sql`SELECT`.execute(statements);
  });
  await expect(transaction).rejects.toThrow('Query read timeout');
  proxy.recover();
  // A ROLLBACK that waits for its own response takes another 5 s.
  expect(performance.now() - start).toBeLessThan(9_900);
  await sql`SELECT`.execute(db);
});

it('starts on a database that accepts connections slowly', async () => {
  const slow = await TcpProxy.to((await createDatabase()).url, { delayMs: 2_000 });
  closeAfterTests(() => slow.close());
  const starting = await startAuthProcess(slow.url);
  expect(await starting.stop()).toBe(0);
});

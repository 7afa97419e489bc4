import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ServerProcess, startAuthProcess } from './auth-process.js';
import { Browser } from './browser.js';
import { TcpProxy } from '../../../tools/test/tcp-proxy.js';
import { cleanUp, closeAtEnd } from './clean-up.js';
import { makeDatabase, ORIGIN, PASSWORD } from './settings.js';

let proxy: TcpProxy;
let server: ServerProcess;
let ada: Browser;

const email = 'ada@example.com';
const browser = () => new Browser(server.url, { origin: ORIGIN });

beforeAll(async () => {
  proxy = await TcpProxy.to((await makeDatabase()).url);
  closeAtEnd(() => proxy.close());
  server = await startAuthProcess(proxy.url, {
    NODE_ENV: 'production',
    SMTP_URL: 'smtp://127.0.0.1:9',
    DATABASE_POOL_SIZE: '2',
  });
  ada = browser();
  await ada.post('/api/auth/sign-up/email', { name: 'ada', email, password: PASSWORD });
});

afterAll(cleanUp);

const requests: [string, () => Promise<{ status: number; headers: Headers; body: unknown }>][] = [
  ['sign-in', () => browser().post('/api/auth/sign-in/email', { email, password: PASSWORD })],
  [
    'sign-up',
    () =>
      browser().post('/api/auth/sign-up/email', {
        name: 'bob',
        email: 'bob@example.com',
        password: PASSWORD,
      }),
  ],
  ['token', () => ada.get('/api/auth/token')],
  ['session', () => ada.get('/api/auth/get-session')],
  ['session list', () => ada.get('/api/auth/list-sessions')],
  ['sign-out', () => ada.post('/api/auth/sign-out')],
  ['password reset', () => browser().post('/api/auth/request-password-reset', { email })],
  ['deletion', () => ada.post('/api/auth/delete-user', { password: PASSWORD })],
  ['public keys', () => browser().get('/.well-known/jwks.json')],
];

const expectUnavailable = async (request: (typeof requests)[number][1]) => {
  const begin = performance.now();
  const { status, headers, body } = await request();
  expect({ status, body }).toMatchObject({
    status: 503,
    body: { status: 503, title: 'Service Unavailable' },
  });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(headers.get('content-type')).toMatch('application/problem+json');
  expect(headers.getSetCookie()).toEqual([]);
  expect(performance.now() - begin).toBeLessThan(5_000);
};

describe('while the database is away', () => {
  let open: () => Promise<void>;

  beforeAll(async () => {
    open = await proxy.block();
  });

  it.each(requests)('answers %s with 503, and signs nobody out', (_name, request) =>
    expectUnavailable(request),
  );

  it('says so, and that it lives', async () => {
    expect((await browser().get('/health/ready')).status).toBe(503);
    expect((await browser().get('/health/live')).status).toBe(200);
  });

  it('goes on by itself afterwards, with everyone signed in', async () => {
    await open();
    expect((await ada.get('/api/auth/token')).status).toBe(200);
    expect((await browser().get('/health/ready')).status).toBe(200);
  });
});

it('survives the loss of a connection that a request holds and does not use', async () => {
  // A sign-up hashes the password within its transaction.
  for (const delay of [20, 40, 60, 80]) {
    const user = { name: 'carol', email: `carol-${delay}@example.com`, password: PASSWORD };
    const signUp = browser().post('/api/auth/sign-up/email', user);
    await new Promise((resolve) => setTimeout(resolve, delay));
    proxy.disconnect();
    expect([200, 503]).toContain((await signUp).status);
  }
  expect((await ada.get('/api/auth/token')).status).toBe(200);
});

it('gives up on a database that has gone silent, and on its connections', async () => {
  proxy.stall();
  await Promise.all([expectUnavailable(requests[2]![1]), expectUnavailable(requests[2]![1])]);
  proxy.recover();
  expect((await ada.get('/api/auth/token')).status).toBe(200);
});

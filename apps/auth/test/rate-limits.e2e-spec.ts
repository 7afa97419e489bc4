import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { RateLimitCounters } from '../src/rate-limit/rate-limit-counters.js';
import { type AuthServer, type SignedUp, startAuthServerOn } from './auth-server.js';
import { withoutCachedHashes } from './cached-password-hashes.js';
import { createDatabase, PASSWORD } from './environment.js';
import { Mailbox } from './mailbox.js';
import { teardown } from './teardown.js';

let database: TestDatabase;
let mailbox: Mailbox;
/** Trusts this test as its proxy. */
let server: AuthServer;
/** Uses the same database and trusts no proxy. */
let twin: AuthServer;
let ada: SignedUp;
let bob: SignedUp;

const start = (overrides: Record<string, string> = {}) =>
  startAuthServerOn(database.url, { NODE_ENV: 'production', SMTP_URL: mailbox.url, ...overrides });

/** The monotonic clock only moves with `advanceTime`: on a busy machine, a window would end during a test. */
let clockMs = performance.now();

beforeAll(async () => {
  jest.spyOn(performance, 'now').mockImplementation(() => clockMs);
  mailbox = await Mailbox.open();
  database = await createDatabase();
  [server, twin] = await Promise.all([start({ TRUST_PROXY: '127.0.0.1' }), start()]);
  ada = await server.signUp('ada');
  bob = await server.signUp('bob');
});

beforeEach(async () => {
  await advanceTime(60 * 60);
  await sql`DELETE FROM auth."rateLimit"`.execute(server.db);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await teardown();
});

const clientAt = (address: string) => server.client({ 'x-forwarded-for': address });
const signIn = ({ email }: { email: string }, client = server.client(), password = 'wrong password') =>
  client.post('/api/auth/sign-in/email', { email, password });

const countOf = (status: number, responses: { status: number }[]) =>
  responses.filter((response) => response.status === status).length;

/** Multiplies every counter, as if the test had sent its requests this many times. */
const multiplyCounters = (times: number) =>
  sql`UPDATE auth."rateLimit" SET count = count * ${times}`.execute(server.db);

/** Moves every counter into the past, and the monotonic clock into the future, as if this time had passed. */
async function advanceTime(seconds: number): Promise<void> {
  clockMs += seconds * 1000;
  await sql`UPDATE auth."rateLimit" SET "lastRequest" = "lastRequest" - ${seconds * 1000}`.execute(server.db);
}

const readCounters = async () => {
  const { rows } = await sql<{ key: string; count: number }>`SELECT key, count FROM auth."rateLimit"`.execute(
    server.db,
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key.replace(/[\w-]{43}/, 'account'), count]));
};

/** Runs `task` while no statement can use these tables. */
const withLockedTables = <T>(task: () => Promise<T>): Promise<T> =>
  server.db.transaction().execute(async (transaction) => {
    await sql`LOCK TABLE auth."rateLimit", auth.session, auth."user" IN ACCESS EXCLUSIVE MODE`.execute(
      transaction,
    );
    return task();
  });

const times = <T>(count: number, send: () => Promise<T>) => Promise.all(Array.from({ length: count }, send));

describe('sign-in attempts with a wrong password', () => {
  it('get 429 with Retry-After after ten failures', async () => {
    expect((await signIn(ada)).status).toBe(401);
    await multiplyCounters(9);
    expect((await signIn(ada)).status).toBe(401);
    const { status, headers, body } = await signIn(ada);
    expect([status, body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(280);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(300);

    expect((await signIn(ada, server.client(), PASSWORD)).status).toBe(429);
    await advanceTime(300);
    expect((await signIn(ada, server.client(), PASSWORD)).status).toBe(200);
  });

  it(
    'get exactly ten responses of 25 concurrent requests',
    withoutCachedHashes(async () => {
      const responses = await times(25, () => signIn(ada));
      expect([countOf(401, responses), countOf(429, responses)]).toEqual([10, 15]);
      expect(await readCounters()).toMatchObject({ 'password|account': 10 });
    }),
  );

  it('are counted across processes', async () => {
    await signIn(ada, twin.client());
    await multiplyCounters(10);
    expect((await signIn(ada)).status).toBe(429);
  });

  it('do not lock out other users behind the same address', async () => {
    await signIn(ada);
    await multiplyCounters(10);
    for (let attempt = 0; attempt < 60; attempt++) {
      expect((await signIn(ada)).status).toBe(429);
    }
    expect((await signIn(bob, server.client(), PASSWORD)).status).toBe(200);
  });

  it('do not lock out the owner at another address', async () => {
    await signIn(ada, clientAt('198.51.100.1'));
    await multiplyCounters(10);
    expect((await signIn(ada, clientAt('198.51.100.1'))).status).toBe(429);
    expect((await signIn(ada, clientAt('203.0.113.1'), PASSWORD)).status).toBe(200);
  });

  it('are limited per account when they come from many addresses', async () => {
    await signIn(ada, clientAt('198.51.100.1'));
    await multiplyCounters(29);
    expect((await signIn(ada, clientAt('198.51.100.2'))).status).toBe(401);
    expect((await signIn(ada, clientAt('198.51.100.3'))).status).toBe(429);
    await advanceTime(300);
    expect((await signIn(ada, clientAt('203.0.113.1'), PASSWORD)).status).toBe(200);
  });

  it('cannot evade the limit with X-Forwarded-For if no proxy is trusted', async () => {
    await signIn(ada, twin.client({ 'x-forwarded-for': '198.51.100.1' }));
    await multiplyCounters(10);
    expect((await signIn(ada, twin.client({ 'x-forwarded-for': '198.51.100.2' }))).status).toBe(429);
  });

  it.each(['x-client-address', 'x-real-ip', 'forwarded', 'cf-connecting-ip'])(
    'cannot evade the limit with a forged %s header',
    async (header) => {
      await signIn(ada, server.client({ [header]: '198.51.100.1' }));
      await multiplyCounters(10);
      expect((await signIn(ada, server.client({ [header]: '198.51.100.2' }))).status).toBe(429);
    },
  );

  it('cannot evade the limit with an address in front of the one that the proxy adds', async () => {
    await signIn(ada, clientAt('10.1.1.1, 198.51.100.1'));
    await multiplyCounters(10);
    expect((await signIn(ada, clientAt('10.1.1.2, 198.51.100.1'))).status).toBe(429);
  });

  it('cannot evade the limit with upper-case letters in the email address', async () => {
    await signIn(ada);
    await multiplyCounters(10);
    expect((await signIn({ email: ada.email.toUpperCase() })).status).toBe(429);
  });

  it('are limited in the same way for an unknown email address', async () => {
    const nobody = { email: 'nobody@example.com' };
    expect((await signIn(nobody)).status).toBe(401);
    await multiplyCounters(10);
    expect((await signIn(nobody)).status).toBe(429);
  });

  it('are not counted if the password is correct', async () => {
    await signIn(ada);
    await multiplyCounters(9);
    expect((await signIn(ada, server.client(), PASSWORD)).status).toBe(200);
    expect((await signIn(ada)).status).toBe(401);
    expect((await signIn(ada)).status).toBe(429);
  });

  it(
    'lock nobody out if ten concurrent requests have the correct password',
    withoutCachedHashes(async () => {
      const responses = await times(10, () => signIn(ada, server.client(), PASSWORD));
      expect(countOf(200, responses)).toBe(10);
      expect(await readCounters()).toMatchObject({ 'password|account': 0, 'password|account|127.0.0.1': 0 });
      expect((await signIn(ada, twin.client(), PASSWORD)).status).toBe(200);
    }),
  );

  it('are not counted for the account if the address is over its limit', async () => {
    await signIn(bob);
    await multiplyCounters(60);
    const responses = await times(12, () => signIn(ada, server.client(), PASSWORD));
    expect(countOf(429, responses)).toBe(12);
    await advanceTime(10);
    expect((await signIn(ada, server.client(), PASSWORD)).status).toBe(200);
  });

  it('are rejected from memory until the window ends', async () => {
    const changePassword = () =>
      ada.client.post('/api/auth/change-password', { currentPassword: 'wrong', newPassword: PASSWORD });
    expect((await changePassword()).status).toBe(400);
    await multiplyCounters(10);
    expect([(await changePassword()).status, (await signIn(ada)).status]).toEqual([429, 429]);
    await withLockedTables(async () => {
      const responses = await Promise.all([
        times(25, () => signIn(ada)),
        times(25, () => signIn(ada, server.client(), PASSWORD)),
        times(25, changePassword),
      ]);
      expect(countOf(429, responses.flat())).toBe(75);
    });
    await advanceTime(300);
    expect((await signIn(ada, server.client(), PASSWORD)).status).toBe(200);
  });

  it.each([
    ['change-password', { currentPassword: 'wrong password', newPassword: PASSWORD }],
    ['delete-user', { password: 'wrong password' }],
    ['verify-password', { password: 'wrong password' }],
  ])('are limited at /%s by the signed-in account, whatever the body contains', async (path, body) => {
    const attempt = (email: string) => ada.client.post(`/api/auth/${path}`, { ...body, email });
    expect((await attempt('1@example.com')).status).toBe(400);
    await multiplyCounters(10);
    expect((await attempt('2@example.com')).status).toBe(429);
  });

  it('are limited per address when they target many accounts', async () => {
    await signIn({ email: '1@example.com' }, clientAt('198.51.100.1'));
    await multiplyCounters(60);
    expect((await signIn({ email: '2@example.com' }, clientAt('198.51.100.1'))).status).toBe(429);
    expect((await signIn(bob, clientAt('203.0.113.1'), PASSWORD)).status).toBe(200);
  });
});

describe('requests that send an email', () => {
  it.each([
    ['request-password-reset', {}],
    ['send-verification-email', {}],
    ['sign-up/email', { name: 'ada', password: PASSWORD }],
  ])('get 429 at /%s after 15 for one recipient, from any address', async (path, body) => {
    const request = (address: string) =>
      clientAt(address).post(`/api/auth/${path}`, { ...body, email: 'carol@example.com' });
    expect((await request('198.51.100.1')).status).toBe(200);
    await multiplyCounters(15);
    expect((await request('198.51.100.2')).status).toBe(429);
  });

  it('do not prevent a password reset of the owner', async () => {
    const email = 'erin@example.com';
    const request = (path: string, address: string) =>
      clientAt(address).post(`/api/auth/${path}`, { email, name: 'erin', password: PASSWORD });
    for (const path of ['send-verification-email', 'request-password-reset']) {
      for (let count = 0; count < 5; count++) {
        expect((await request(path, '198.51.100.1')).status).toBe(200);
      }
      expect((await request(path, '198.51.100.1')).status).toBe(429);
    }
    expect((await request('request-password-reset', '203.0.113.1')).status).toBe(200);
  });

  it('are not counted if no email was sent', async () => {
    const signUp = (password: string) =>
      server.client().post('/api/auth/sign-up/email', { name: 'dave', email: 'dave@example.com', password });
    expect((await signUp('short')).status).toBe(400);
    await multiplyCounters(5);
    expect((await signUp(PASSWORD)).status).toBe(200);
  });
});

describe('other requests', () => {
  const get = (path: string) => server.client().get(`/api/auth/${path}`);

  it('are limited per address, for all paths together', async () => {
    const paths = ['error', 'reset-password/a', 'reset-password/b', 'callback/x', 'verify-email?token=x'];
    expect((await get(paths[0]!)).status).toBe(302);
    await multiplyCounters(100);
    for (const path of paths) {
      expect((await get(path)).status).toBe(429);
    }
    // An earlier test sends its verification email in the background, which has a counter of its own.
    const { rows } =
      await sql`SELECT 1 FROM auth."rateLimit" WHERE key NOT LIKE 'verification-email|%'`.execute(server.db);
    expect(rows).toHaveLength(1);
    await advanceTime(10);
    expect((await get('error')).status).toBe(302);
  });

  it('have one counter per limit', async () => {
    const post = (path: string, body = {}) => ada.client.post(`/api/auth/${path}`, body);
    const signInSocial = () => post('sign-in/social', { provider: 'google', callbackURL: '/' });
    await get('error');
    await multiplyCounters(98);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await signInSocial()).status).toBe(404);
    }
    await sql`UPDATE auth."rateLimit" SET count = 60 WHERE key LIKE '%/sign-in/social'`.execute(server.db);
    expect((await signInSocial()).status).toBe(429);
    const statuses = [(await get('error')).status, (await get('error')).status, (await get('error')).status];
    expect(statuses).toEqual([302, 302, 429]);
    expect(await readCounters()).toEqual({
      '127.0.0.1|*': 100,
      '127.0.0.1|/sign-in/social': 60,
    });
  });

  it('are rejected from memory until the window ends', async () => {
    await get('error');
    await multiplyCounters(100);
    expect((await get('error')).status).toBe(429);
    const before = await readCounters();
    await withLockedTables(async () => {
      const responses = await times(50, () => get('verify-email?token=x'));
      expect(countOf(429, responses)).toBe(50);
    });
    expect(await readCounters()).toEqual(before);
    await advanceTime(10);
    expect((await get('error')).status).toBe(302);
  });

  it("session reads and public keys don't count toward other limits", async () => {
    await get('error');
    await multiplyCounters(1000);
    for (const path of ['get-session', 'token', 'jwks', 'ok']) {
      expect((await ada.client.get(`/api/auth/${path}`)).status).toBe(200);
    }
    // An earlier test sends its verification email in the background, which has a counter of its own.
    const { rows } =
      await sql`SELECT 1 FROM auth."rateLimit" WHERE key NOT LIKE 'verification-email|%'`.execute(server.db);
    expect(rows).toHaveLength(1);
  });

  it('are never rejected at a steady rate below the limit', async () => {
    await get('error');
    for (let window = 0; window < 3; window++) {
      await multiplyCounters(99);
      await advanceTime(6);
      expect((await get('error')).status).toBe(302);
      await advanceTime(6);
      expect((await get('error')).status).toBe(302);
    }
  });
});

describe('requests of the session itself', () => {
  const cookieOf = ({ client }: SignedUp) => [...client.cookies].map(([name, value]) => `${name}=${value}`);
  const read = async (path: string, cookie?: string, address = '198.51.100.9') => {
    const { status, headers, body } = await clientAt(address).get(
      `/api/auth/${path}`,
      cookie === undefined ? {} : { cookie },
    );
    return { status, body, retryAfter: headers.get('retry-after') };
  };

  it('get the same response for an invalid signature as for an ended session, without the database', async () => {
    const carol = await server.signUp('carol');
    const [cookie] = cookieOf(carol) as [string];
    await carol.client.post('/api/auth/sign-out');
    const [name, value] = cookie.split('=') as [string, string];
    const [token, signature] = value.split('.') as [string, string];
    const invalid = [
      undefined,
      `${name}=`,
      `${name}=x`,
      `${name}=${token}`,
      `${name}=${token}.`,
      `${name}=${token}.${signature.slice(0, -4)}`,
      `${name}=${token}x.${signature}`,
      `${name}=.${signature}`,
      `${name}=%E0%A4%A`,
      `${name}x=${value}`,
    ];
    for (const path of ['get-session', 'token']) {
      const ended = await read(path, cookie);
      expect(ended).toMatchObject(path === 'token' ? { status: 401 } : { status: 200, body: null });
      await withLockedTables(async () => {
        for (const attempt of invalid) {
          expect(await read(path, attempt)).toEqual(ended);
        }
      });
    }
  });

  it.each([
    ['first', (valid: string, name: string) => `${valid}; ${name}=x.y`],
    ['quoted', (valid: string, name: string) => `a=b;${name}="${valid.slice(name.length + 1)}"`],
    ['decoded', (valid: string) => decodeURIComponent(valid)],
  ])('accept a valid cookie that is %s', async (_, change) => {
    const [valid] = cookieOf(ada) as [string];
    const cookie = change(valid, valid.split('=')[0]!);
    expect(await read('token', cookie)).toMatchObject({ status: 200 });
  });

  it('are limited per session', async () => {
    const [[adas], [bobs]] = [cookieOf(ada), cookieOf(bob)];
    // Not all at once: on a busy machine, some would wait too long for a database connection.
    for (let batch = 0; batch < 4; batch++) {
      expect(countOf(200, await times(25, () => read('token', adas)))).toBe(25);
    }
    expect(countOf(429, await times(10, () => read('token', adas)))).toBe(10);
    const rejected = await read('get-session', adas, '203.0.113.9');
    expect(rejected).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(Number(rejected.retryAfter)).toBeGreaterThan(0);
    expect(await read('token', bobs)).toMatchObject({ status: 200 });
    await advanceTime(10);
    expect(await read('token', adas)).toMatchObject({ status: 200 });
  });

  it('are limited per address without a session, which affects no session at that address', async () => {
    const [cookie] = cookieOf(ada) as [string];
    const responses = await times(200, () => read('token', `${cookie}x`));
    expect([countOf(401, responses), countOf(429, responses)]).toEqual([100, 100]);
    expect(await read('get-session')).toMatchObject({ status: 429 });
    expect(await read('get-session', undefined, '203.0.113.9')).toMatchObject({ status: 200 });
    expect(await read('token', cookie)).toMatchObject({ status: 200 });
  });

  it('count for the address if the session has ended', async () => {
    const carol = await server.signUp('carol');
    const [cookie] = cookieOf(carol) as [string];
    await carol.client.post('/api/auth/sign-out');
    for (let batch = 0; batch < 3; batch++) {
      await times(33, () => read('get-session', cookie));
    }
    expect(await read('token')).toMatchObject({ status: 401 });
    expect(await read('token')).toMatchObject({ status: 429 });
  });
});

describe('a refund', () => {
  const limit = { window: 60, max: 1 };
  const refundable = { refundable: true };

  const consumeAllowed = async (counters: RateLimitCounters) => {
    const consumed = await counters.consume('a', limit, refundable);
    if (!consumed.allowed) {
      throw new Error('The counter is full.');
    }
    return consumed.reservation;
  };

  it('does not affect a later window', async () => {
    const counters = new RateLimitCounters(server.db);
    const first = await consumeAllowed(counters);
    await advanceTime(60);
    // advanceTime moves the stored window into the past. The next one must not start in the same millisecond.
    await sleep(5);
    const second = await consumeAllowed(counters);
    await counters.refund(first);
    expect(await readCounters()).toEqual({ a: 1 });
    await counters.refund(second);
    expect(await readCounters()).toEqual({ a: 0 });
  });

  it('makes room at once in its own process, and within ten seconds in others', async () => {
    const [own, other] = [new RateLimitCounters(server.db), new RateLimitCounters(server.db)];
    const reservation = await consumeAllowed(own);
    for (const counters of [own, other]) {
      expect(await counters.consume('a', limit, refundable)).toMatchObject({ allowed: false });
    }
    await own.refund(reservation);
    await own.refund(await consumeAllowed(own));
    await advanceTime(10);
    await consumeAllowed(other);
  });
});

it('starts a new window if the clock of the database has gone back', async () => {
  const counters = new RateLimitCounters(server.db);
  const limit = { window: 10, max: 1 };
  await counters.consume('a', limit);
  await sql`UPDATE auth."rateLimit" SET "lastRequest" = "lastRequest" + 3600000`.execute(server.db);
  expect(await counters.consume('a', limit)).toMatchObject({ allowed: true });
  expect(await counters.consume('a', limit)).toEqual({ allowed: false, retryAfter: 10 });
});

it('does not limit requests if RATE_LIMIT_PER_MINUTE is 0', async () => {
  const unlimited = await start({ RATE_LIMIT_PER_MINUTE: '0' });
  for (let attempt = 0; attempt < 11; attempt++) {
    expect((await signIn(ada, unlimited.client())).status).toBe(401);
  }
});

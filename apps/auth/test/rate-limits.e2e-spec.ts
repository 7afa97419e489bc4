import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { type AuthServer, type SignedUp, startAuthServerOn } from './auth-server.js';
import { teardown } from './teardown.js';
import { Mailbox } from './mailbox.js';
import { createDatabase, PASSWORD } from './environment.js';

let database: TestDatabase;
let mailbox: Mailbox;
/** Behind a proxy that it trusts: this test. */
let server: AuthServer;
/** On the same database, and with no proxy. */
let twin: AuthServer;
let ada: SignedUp;
let bob: SignedUp;

const start = (changes: Record<string, string> = {}) =>
  startAuthServerOn(database.url, { NODE_ENV: 'production', SMTP_URL: mailbox.url, ...changes });

beforeAll(async () => {
  mailbox = await Mailbox.open();
  database = await createDatabase();
  [server, twin] = await Promise.all([start({ TRUST_PROXY: '127.0.0.1' }), start()]);
  ada = await server.signUp('ada');
  bob = await server.signUp('bob');
});

beforeEach(async () => {
  await sql`delete from auth."rateLimit"`.execute(server.db);
});

afterAll(teardown);

const from = (address: string) => server.browser({ 'x-forwarded-for': address });
const guess = ({ email }: { email: string }, browser = server.browser(), password = 'wrong password') =>
  browser.post('/api/auth/sign-in/email', { email, password });

const countOf = (status: number, answers: { status: number }[]) =>
  answers.filter((answer) => answer.status === status).length;

/** As if all that happened in this test had happened so many times. */
const repeat = (times: number) =>
  sql`update auth."rateLimit" set count = count * ${times}`.execute(server.db);

/** As if nobody had done anything for so long. */
const wait = (seconds: number) =>
  sql`update auth."rateLimit" set "lastRequest" = "lastRequest" - ${seconds * 1000}`.execute(server.db);

describe('guesses at a password', () => {
  it('have to wait after ten, and are told how long', async () => {
    expect((await guess(ada)).status).toBe(401);
    await repeat(9);
    expect((await guess(ada)).status).toBe(401);
    const { status, headers, body } = await guess(ada);
    expect([status, body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(280);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(300);

    expect((await guess(ada, server.browser(), PASSWORD)).status).toBe(429);
    await wait(300);
    expect((await guess(ada, server.browser(), PASSWORD)).status).toBe(200);
  });

  it('made at once do not slip through', async () => {
    await guess(ada);
    await repeat(8);
    const answers = await Promise.all(Array.from({ length: 8 }, () => guess(ada)));
    expect(countOf(401, answers)).toBe(2);
    // On a machine that is busy, waiting for the counter can take too long.
    expect(countOf(429, answers) + countOf(503, answers)).toBe(6);
  });

  it('count across processes', async () => {
    await guess(ada, twin.browser());
    await repeat(10);
    expect((await guess(ada)).status).toBe(429);
  });

  it('at one account do not lock out the others behind the same address', async () => {
    await guess(ada);
    await repeat(10);
    for (let attempt = 0; attempt < 60; attempt++) expect((await guess(ada)).status).toBe(429);
    expect((await guess(bob, server.browser(), PASSWORD)).status).toBe(200);
  });

  it('from one address do not lock the owner out at another', async () => {
    await guess(ada, from('198.51.100.1'));
    await repeat(10);
    expect((await guess(ada, from('198.51.100.1'))).status).toBe(429);
    expect((await guess(ada, from('203.0.113.1'), PASSWORD)).status).toBe(200);
  });

  it('from many addresses have to wait together', async () => {
    await guess(ada, from('198.51.100.1'));
    await repeat(29);
    expect((await guess(ada, from('198.51.100.2'))).status).toBe(401);
    expect((await guess(ada, from('198.51.100.3'))).status).toBe(429);
    await wait(300);
    expect((await guess(ada, from('203.0.113.1'), PASSWORD)).status).toBe(200);
  });

  it('gain nothing from a made-up X-Forwarded-For where no proxy is trusted', async () => {
    await guess(ada, twin.browser({ 'x-forwarded-for': '198.51.100.1' }));
    await repeat(10);
    expect((await guess(ada, twin.browser({ 'x-forwarded-for': '198.51.100.2' }))).status).toBe(429);
  });

  it.each(['x-client-address', 'x-real-ip', 'forwarded', 'cf-connecting-ip'])(
    'gain nothing from a made-up %s',
    async (header) => {
      await guess(ada, server.browser({ [header]: '198.51.100.1' }));
      await repeat(10);
      expect((await guess(ada, server.browser({ [header]: '198.51.100.2' }))).status).toBe(429);
    },
  );

  it('gain nothing from what a client puts before the proxy’s own X-Forwarded-For', async () => {
    await guess(ada, from('10.1.1.1, 198.51.100.1'));
    await repeat(10);
    expect((await guess(ada, from('10.1.1.2, 198.51.100.1'))).status).toBe(429);
  });

  it('gain nothing from another spelling of the address', async () => {
    await guess(ada);
    await repeat(10);
    expect((await guess({ email: ada.email.toUpperCase() })).status).toBe(429);
  });

  it('at an unknown address are limited like any other', async () => {
    const nobody = { email: 'nobody@example.com' };
    expect((await guess(nobody)).status).toBe(401);
    await repeat(10);
    expect((await guess(nobody)).status).toBe(429);
  });

  it('that are right do not count', async () => {
    await guess(ada);
    await repeat(9);
    expect((await guess(ada, server.browser(), PASSWORD)).status).toBe(200);
    expect((await guess(ada)).status).toBe(401);
    expect((await guess(ada)).status).toBe(429);
  });

  it.each([
    ['change-password', { currentPassword: 'wrong password', newPassword: PASSWORD }],
    ['delete-user', { password: 'wrong password' }],
    ['verify-password', { password: 'wrong password' }],
  ])('have to wait at /%s too, whoever the body names', async (path, body) => {
    const attempt = (email: string) => ada.browser.post(`/api/auth/${path}`, { ...body, email });
    expect((await attempt('1@example.com')).status).toBe(400);
    await repeat(10);
    expect((await attempt('2@example.com')).status).toBe(429);
  });

  it('sprayed over many accounts have to wait by their address', async () => {
    await guess({ email: '1@example.com' }, from('198.51.100.1'));
    await repeat(60);
    expect((await guess({ email: '2@example.com' }, from('198.51.100.1'))).status).toBe(429);
    expect((await guess(bob, from('203.0.113.1'), PASSWORD)).status).toBe(200);
  });
});

describe('mails to one address', () => {
  it.each([
    ['request-password-reset', {}],
    ['send-verification-email', {}],
    ['sign-up/email', { name: 'ada', password: PASSWORD }],
  ])('have to wait after five at /%s, from wherever they are asked for', async (path, body) => {
    const ask = (address: string) =>
      from(address).post(`/api/auth/${path}`, { ...body, email: 'carol@example.com' });
    expect((await ask('198.51.100.1')).status).toBe(200);
    await repeat(5);
    expect((await ask('198.51.100.2')).status).toBe(429);
  });

  it('do not count where none was sent', async () => {
    const signUp = (password: string) =>
      server.browser().post('/api/auth/sign-up/email', { name: 'dave', email: 'dave@example.com', password });
    expect((await signUp('short')).status).toBe(400);
    await repeat(5);
    expect((await signUp(PASSWORD)).status).toBe(200);
  });
});

describe('other requests', () => {
  const get = (path: string) => server.browser().get(`/api/auth/${path}`);

  it('are limited by address, over all paths together', async () => {
    const paths = ['error', 'reset-password/a', 'reset-password/b', 'callback/x', 'verify-email?token=x'];
    expect((await get(paths[0]!)).status).toBe(200);
    await repeat(100);
    for (const path of paths) expect((await get(path)).status).toBe(429);
    const { rows } = await sql`select 1 from auth."rateLimit"`.execute(server.db);
    expect(rows).toHaveLength(1);
    await wait(10);
    expect((await get('error')).status).toBe(200);
  });

  it('that only read a session or the public keys are not', async () => {
    await get('error');
    await repeat(1000);
    for (const path of ['get-session', 'token', 'jwks', 'ok']) {
      expect((await ada.browser.get(`/api/auth/${path}`)).status).toBe(200);
    }
    const { rows } = await sql`select 1 from auth."rateLimit"`.execute(server.db);
    expect(rows).toHaveLength(1);
  });

  it('in a steady stream within the limit are never refused', async () => {
    await get('error');
    for (let window = 0; window < 3; window++) {
      await repeat(99);
      await wait(6);
      expect((await get('error')).status).toBe(200);
      await wait(6);
      expect((await get('error')).status).toBe(200);
    }
  });
});

it('rate limits are off where RATE_LIMIT_PER_MINUTE is 0', async () => {
  const unlimited = await start({ RATE_LIMIT_PER_MINUTE: '0' });
  for (let attempt = 0; attempt < 11; attempt++) {
    expect((await guess(ada, unlimited.browser())).status).toBe(401);
  }
});

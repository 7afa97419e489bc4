import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type AuthServer, type SignedUp, startAuthServer } from './auth-server.js';
import { teardown } from './teardown.js';
import { Mailbox } from './mailbox.js';
import { ORIGIN, PASSWORD } from './environment.js';

let server: AuthServer;
/** Whoever does not change her account in a test can share this one. */
let ada: SignedUp;

beforeAll(async () => {
  const mailbox = await Mailbox.open();
  server = await startAuthServer({ SMTP_URL: mailbox.url, AUTH_URL: 'http://localhost:3002' });
  ada = await server.signUp('ada');
});

afterAll(teardown);

const signIn = (email: string, password: string, browser = server.browser()) =>
  browser.post('/api/auth/sign-in/email', { email, password });

const post = (path: string, body: unknown, headers = {}) => server.browser().post(path, body, headers);

const deleteAccount = async ({ browser, id }: SignedUp, body: object) => {
  const { status } = await browser.post('/api/auth/delete-user', body);
  const { rows } = await sql`select 1 from auth."user" where id = ${id}`.execute(server.db);
  return { status, deleted: rows.length === 0 };
};

describe('an account', () => {
  it('is signed in as soon as it has signed up', async () => {
    const { body } = await ada.browser.get('/api/auth/get-session');
    expect(body.user).toMatchObject({ id: ada.id, email: ada.email, name: 'ada', emailVerified: false });
  });

  it('signs in, and out', async () => {
    const browser = server.browser();
    expect((await signIn(ada.email, PASSWORD, browser)).status).toBe(200);
    expect((await browser.get('/api/auth/token')).status).toBe(200);

    expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
    expect(browser.cookies.size).toBe(0);
    expect((await browser.get('/api/auth/token')).status).toBe(401);
  });

  it('is told nothing but "invalid" by a wrong password and by an unknown address', async () => {
    const wrong = await signIn(ada.email, 'wrong password');
    const unknown = await signIn('nobody@example.com', PASSWORD);
    expect(wrong.status).toBe(401);
    expect(unknown).toMatchObject({ status: wrong.status, body: wrong.body });
  });

  it('signs in whatever the case of its address', async () => {
    expect((await signIn(ada.email.toUpperCase(), PASSWORD)).status).toBe(200);
  });

  it('lists its sessions, and ends one of them', async () => {
    const bob = await server.signUp('bob');
    const phone = server.browser({ 'user-agent': 'phone' });
    await signIn(bob.email, PASSWORD, phone);

    const { body: sessions } = await bob.browser.get('/api/auth/list-sessions');
    expect(sessions).toHaveLength(2);
    const { token } = sessions.find(({ userAgent }: { userAgent: string }) => userAgent === 'phone');
    expect((await bob.browser.post('/api/auth/revoke-session', { token })).status).toBe(200);

    expect((await phone.get('/api/auth/token')).status).toBe(401);
    expect((await bob.browser.get('/api/auth/token')).status).toBe(200);
  });

  it("cannot end another's sessions", async () => {
    const bob = await server.signUp('bob');
    const { body: sessions } = await ada.browser.get('/api/auth/list-sessions');
    expect(sessions.length).toBeGreaterThan(0);
    for (const { token } of sessions) await bob.browser.post('/api/auth/revoke-session', { token });
    expect((await ada.browser.get('/api/auth/list-sessions')).body).toHaveLength(sessions.length);
  });

  it('changes its password with the current one alone, and may end its other sessions', async () => {
    const bob = await server.signUp('bob');
    const phone = server.browser();
    await signIn(bob.email, PASSWORD, phone);
    const change = (currentPassword: string) =>
      bob.browser.post('/api/auth/change-password', {
        currentPassword,
        newPassword: 'another password',
        revokeOtherSessions: true,
      });

    expect((await change('wrong password')).status).toBe(400);
    expect((await change(PASSWORD)).status).toBe(200);
    expect((await signIn(bob.email, PASSWORD)).status).toBe(401);
    expect((await signIn(bob.email, 'another password')).status).toBe(200);
    expect((await phone.get('/api/auth/token')).status).toBe(401);
    expect((await bob.browser.get('/api/auth/token')).status).toBe(200);
  });
});

describe('account deletion', () => {
  it.each([
    ['no password', {}],
    ['an empty password', { password: '' }],
    ['a wrong password', { password: 'wrong password' }],
    ['a list of passwords', { password: [PASSWORD] }],
    ['a made-up token', { token: 'made-up' }],
  ])('is refused with %s, however fresh the session', async (_case, body) => {
    expect(await deleteAccount(ada, body)).toEqual({ status: 400, deleted: false });
  });

  it('asks for the password of a session that is days old, too', async () => {
    const bob = await server.signUp('bob');
    await sql`
      update auth.session set "createdAt" = now() - interval '3 days' where "userId" = ${bob.id}
    `.execute(server.db);
    expect(await deleteAccount(bob, {})).toEqual({ status: 400, deleted: false });
    expect(await deleteAccount(bob, { password: PASSWORD })).toEqual({ status: 200, deleted: true });
  });

  it('leaves nothing of the account, and no way in', async () => {
    const bob = await server.signUp('bob');
    const { status } = await bob.browser.post('/api/auth/delete-user', { password: PASSWORD });
    expect(status).toBe(200);
    expect((await signIn(bob.email, PASSWORD)).status).toBe(401);
    expect((await bob.browser.get('/api/auth/token')).status).toBe(401);
    for (const table of ['session', 'account']) {
      const { rows } = await sql`
        select 1 from ${sql.table(`auth.${table}`)} where "userId" = ${bob.id}`.execute(server.db);
      expect(rows).toEqual([]);
    }
  });
});

describe('the cookie', () => {
  it('is out of reach for scripts and other sites', async () => {
    const { headers } = await signIn(ada.email, PASSWORD);
    expect(headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }, 'INVALID_ORIGIN'],
    ['no site', { origin: '' }, 'MISSING_OR_NULL_ORIGIN'],
    ['a sandboxed frame', { origin: 'null' }, 'MISSING_OR_NULL_ORIGIN'],
  ])('is not enough for a request of %s', async (_site, headers, code) => {
    const { status, body } = await ada.browser.post('/api/auth/sign-out', undefined, headers);
    expect([status, body.code]).toEqual([403, code]);
  });

  it('is enough for a developer at the address of the auth server itself', async () => {
    const { browser } = await server.signUp('bob');
    const { status } = await browser.post('/api/auth/sign-out', undefined, {
      origin: 'http://localhost:3002',
    });
    expect(status).toBe(200);
  });

  it('is never kept by a cache, and neither is a token', async () => {
    for (const answer of [
      await signIn(ada.email, PASSWORD),
      await ada.browser.get('/api/auth/token'),
      await ada.browser.get('/api/auth/get-session'),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('bad input', () => {
  const json = { 'content-type': 'application/json' };
  const user = { name: 'ada', email: 'a@example.com', password: PASSWORD };

  it.each([
    ['a number for an address', '/sign-in/email', { email: 1, password: PASSWORD }, json, 400],
    ['text', '/sign-in/email', 'email', { 'content-type': 'text/plain' }, 415],
    ['over 100 kB', '/sign-in/email', JSON.stringify({ email: 'a'.repeat(101_000) }), json, 413],
    ['a NUL in a name', '/sign-up/email', { ...user, name: 'a\0b' }, json, 400],
    ['half a surrogate pair in a name', '/sign-up/email', { ...user, name: 'a\ud800b' }, json, 400],
    ['a NUL in a reset token', '/reset-password', { token: 'a\0b', newPassword: PASSWORD }, json, 400],
    ['a name too long for a token', '/sign-up/email', { ...user, name: 'a'.repeat(201) }, json, 400],
    [
      'an address too long for mail',
      '/sign-up/email',
      { ...user, email: `${'a'.repeat(300)}@a.de` },
      json,
      400,
    ],
    ['a short password', '/sign-up/email', { ...user, password: 'short' }, json, 400],
    ['no such route', '/nope', {}, json, 404],
    ['another method', '/token', {}, json, 404],
  ])('answers %s with a 4xx', async (_case, path, body, headers, status) => {
    const answer = await post(`/api/auth${path}`, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty(typeof answer.body.code === 'string' ? 'message' : 'detail');
  });

  it.each([
    ['a long name', { name: 'a'.repeat(9_000) }],
    ['a long list for a name', { name: ['a'.repeat(9_000)] }],
    ['no name', { name: null }],
    ['a number for an image', { image: 1 }],
    ['another address', { email: 'bob@example.com' }],
  ])('is not taken later either: %s', async (_case, change) => {
    expect((await ada.browser.post('/api/auth/update-user', change)).status).toBe(400);
  });

  it('does not let anyone verify their own address, or be someone else', async () => {
    const rights = { emailVerified: true, id: 'bob', role: 'admin', createdAt: '2020-01-01' };
    const { body } = await server
      .browser()
      .post('/api/auth/sign-up/email', { ...user, ...rights, email: 'eve@example.com' });
    expect(body.user).toMatchObject({ emailVerified: false });
    expect(body.user.id).not.toBe('bob');
  });

  it('takes a name and an image that fit', async () => {
    const change = { name: '𝒶'.repeat(200), image: null };
    expect((await ada.browser.post('/api/auth/update-user', change)).status).toBe(200);
  });

  it('is a problem document where it is not Better Auth’s own', async () => {
    const { headers, body } = await server.browser().get('/api/auth/nope?secret=1');
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      instance: '/api/auth/nope',
    });
  });

  it('in a path that Better Auth reads otherwise is a problem document, too', async () => {
    const answer = await server.browser().get('/api/auth/%6fk');
    expect(answer).toMatchObject({ status: 404, body: { title: 'Not Found' } });
  });

  it('in the form of a whole address is read as its path', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET http://evil.example/api/auth/ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
  });
});

it('redirects to its own site alone', async () => {
  const { browser, email } = ada;
  const answers = await Promise.all([
    browser.post('/api/auth/request-password-reset', { email, redirectTo: 'https://evil.example/' }),
    browser.get(`/api/auth/verify-email?token=x&callbackURL=${encodeURIComponent('https://evil.example/')}`),
    browser.get('/api/auth/verify-email?token=x&callbackURL=//evil.example'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  const own = await browser.get(
    `/api/auth/verify-email?token=x&callbackURL=${encodeURIComponent(`${ORIGIN}/a`)}`,
  );
  expect(own.status).toBe(302);
});

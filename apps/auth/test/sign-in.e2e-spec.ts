import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type AuthServer, type SignedUp, startAuthServer } from './auth-server.js';
import { withoutCachedHashes } from './cached-password-hashes.js';
import { ORIGIN, PASSWORD } from './environment.js';
import { Mailbox } from './mailbox.js';
import { teardown } from './teardown.js';

let server: AuthServer;
/** For tests that don't change the account. */
let ada: SignedUp;

beforeAll(async () => {
  const mailbox = await Mailbox.open();
  server = await startAuthServer({ SMTP_URL: mailbox.url, AUTH_URL: 'http://localhost:3002' });
  ada = await server.signUp('ada');
});

afterAll(teardown);

const signIn = (email: string, password: string, client = server.client()) =>
  client.post('/api/auth/sign-in/email', { email, password });

const post = (path: string, body: unknown, headers = {}) => server.client().post(path, body, headers);

const deleteAccount = async ({ client, id }: SignedUp, body: object) => {
  const { status } = await client.post('/api/auth/delete-user', body);
  const { rows } = await sql`SELECT 1 FROM auth."user" WHERE id = ${id}`.execute(server.db);
  return { status, deleted: rows.length === 0 };
};

describe('a user', () => {
  it('is signed in after sign-up', async () => {
    const { body } = await ada.client.get('/api/auth/get-session');
    expect(body.user).toMatchObject({ id: ada.id, email: ada.email, name: 'ada', emailVerified: false });
  });

  it('signs in and out', async () => {
    const client = server.client();
    expect((await signIn(ada.email, PASSWORD, client)).status).toBe(200);
    expect((await client.get('/api/auth/token')).status).toBe(200);

    expect((await client.post('/api/auth/sign-out')).status).toBe(200);
    expect(client.cookies.size).toBe(0);
    expect((await client.get('/api/auth/token')).status).toBe(401);
  });

  it('gets the same response for a wrong password and for an unknown email address', async () => {
    const wrong = await signIn(ada.email, 'wrong password');
    const unknown = await signIn('nobody@example.com', PASSWORD);
    expect(wrong.status).toBe(401);
    expect(unknown).toMatchObject({ status: wrong.status, body: wrong.body });
  });

  it('signs in with a case-insensitive email address', async () => {
    expect((await signIn(ada.email.toUpperCase(), PASSWORD)).status).toBe(200);
  });

  it('lists and revokes their sessions', async () => {
    const bob = await server.signUp('bob');
    const phone = server.client({ 'user-agent': 'phone' });
    await signIn(bob.email, PASSWORD, phone);

    const { body: sessions } = await bob.client.get('/api/auth/list-sessions');
    expect(sessions).toHaveLength(2);
    const { token } = sessions.find(({ userAgent }: { userAgent: string }) => userAgent === 'phone');
    expect((await bob.client.post('/api/auth/revoke-session', { token })).status).toBe(200);

    expect((await phone.get('/api/auth/token')).status).toBe(401);
    expect((await bob.client.get('/api/auth/token')).status).toBe(200);
  });

  it('keeps the newest 100 sessions, and a further sign-in ends the oldest', async () => {
    const [bob, eve] = [await server.signUp('bob'), await server.signUp('eve')];
    await sql`
      INSERT INTO auth.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
      SELECT 'bob' || i, 'bob' || i, ${bob.id}, now() + interval '1 day', now() - make_interval(mins => i), now()
      FROM generate_series(1, 150) AS i`.execute(server.db);
    const other = server.client();
    expect((await signIn(bob.email, PASSWORD, other)).status).toBe(200);
    const { rows } = await sql<{ token: string }>`
      SELECT token FROM auth.session WHERE "userId" = ${bob.id} ORDER BY "createdAt"`.execute(server.db);
    expect([rows.length, rows[0]!.token]).toEqual([100, 'bob98']);
    expect((await other.get('/api/auth/list-sessions')).body).toHaveLength(100);
    for (const client of [bob.client, other, eve.client]) {
      expect((await client.get('/api/auth/token')).status).toBe(200);
    }
  });

  it("cannot revoke another user's sessions", async () => {
    const bob = await server.signUp('bob');
    const { body: sessions } = await ada.client.get('/api/auth/list-sessions');
    expect(sessions.length).toBeGreaterThan(0);
    for (const { token } of sessions) {
      await bob.client.post('/api/auth/revoke-session', { token });
    }
    expect((await ada.client.get('/api/auth/list-sessions')).body).toHaveLength(sessions.length);
  });

  it.each([
    ['no wish for the other sessions', {}],
    ['the wish to keep the other sessions', { revokeOtherSessions: false }],
    ['an invalid wish', { revokeOtherSessions: 'no' }],
  ])('ends all other sessions with a new password: %s', async (_case, more) => {
    const bob = await server.signUp('bob');
    const phone = server.client();
    await signIn(bob.email, PASSWORD, phone);
    const change = (currentPassword: string) =>
      bob.client.post('/api/auth/change-password', {
        currentPassword,
        newPassword: 'another password',
        ...more,
      });

    expect((await change('wrong password')).status).toBe(400);
    expect((await phone.get('/api/auth/token')).status).toBe(200);
    expect((await change(PASSWORD)).status).toBe(200);
    expect((await signIn(bob.email, PASSWORD)).status).toBe(401);
    expect((await phone.get('/api/auth/token')).status).toBe(401);
    expect((await bob.client.get('/api/auth/token')).status).toBe(200);
    expect((await bob.client.get('/api/auth/list-sessions')).body).toHaveLength(1);
    expect((await signIn(bob.email, 'another password')).status).toBe(200);
  });
});

describe('account deletion', () => {
  it.each([
    ['no password', {}],
    ['an empty password', { password: '' }],
    ['a wrong password', { password: 'wrong password' }],
    ['a list of passwords', { password: [PASSWORD] }],
    ['a forged token', { token: 'forged' }],
  ])('is rejected with %s, even if the session is new', async (_case, body) => {
    expect(await deleteAccount(ada, body)).toEqual({ status: 400, deleted: false });
  });

  it('requires and accepts the password if the session is days old', async () => {
    const bob = await server.signUp('bob');
    await sql`
      UPDATE auth.session SET "createdAt" = now() - INTERVAL '3 days' WHERE "userId" = ${bob.id}
    `.execute(server.db);
    expect(await deleteAccount(bob, {})).toEqual({ status: 400, deleted: false });
    expect(await deleteAccount(bob, { password: PASSWORD })).toEqual({ status: 200, deleted: true });
  });

  it('deletes the sessions and credentials, and prevents sign-in', async () => {
    const bob = await server.signUp('bob');
    const { status } = await bob.client.post('/api/auth/delete-user', { password: PASSWORD });
    expect(status).toBe(200);
    expect((await signIn(bob.email, PASSWORD)).status).toBe(401);
    expect((await bob.client.get('/api/auth/token')).status).toBe(401);
    for (const table of ['session', 'account']) {
      const { rows } = await sql`
        SELECT 1 FROM ${sql.table(`auth.${table}`)} WHERE "userId" = ${bob.id}`.execute(server.db);
      expect(rows).toEqual([]);
    }
  });
});

describe('the session cookie', () => {
  it('is HttpOnly and SameSite=Lax', async () => {
    const { headers } = await signIn(ada.email, PASSWORD);
    expect(headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax$/);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }, 'INVALID_ORIGIN'],
    ['no origin', { origin: '' }, 'MISSING_OR_NULL_ORIGIN'],
    ['a sandboxed frame', { origin: 'null' }, 'MISSING_OR_NULL_ORIGIN'],
  ])('is rejected in a request from %s', async (_site, headers, code) => {
    const { status, body } = await ada.client.post('/api/auth/sign-out', undefined, headers);
    expect([status, body.code]).toEqual([403, code]);
  });

  it("is accepted from the auth server's own origin in development", async () => {
    const { client } = await server.signUp('bob');
    const { status } = await client.post('/api/auth/sign-out', undefined, {
      origin: 'http://localhost:3002',
    });
    expect(status).toBe(200);
  });

  it('is accepted from exactly the origins in AUTH_TRUSTED_ORIGINS', async () => {
    const trusting = await startAuthServer({
      NODE_ENV: 'production',
      AUTH_TRUSTED_ORIGINS: 'https://a.example, https://b.example/',
    });
    const { client } = await trusting.signUp('ada');
    const statuses: Record<string, number> = {
      [ORIGIN]: 200,
      'https://a.example': 200,
      'https://b.example': 200,
      'http://a.example': 403,
      'https://a.example:8443': 403,
      'https://a.example.evil.example': 403,
      'https://c.a.example': 403,
    };
    for (const [origin, status] of Object.entries(statuses)) {
      const response = await client.post('/api/auth/update-user', { name: 'Ada' }, { origin });
      expect([origin, response.status]).toEqual([origin, status]);
    }
  });

  it('is never cached, and neither is a token', async () => {
    for (const response of [
      await signIn(ada.email, PASSWORD),
      await ada.client.get('/api/auth/token'),
      await ada.client.get('/api/auth/get-session'),
    ]) {
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('invalid input', () => {
  const json = { 'content-type': 'application/json' };
  const user = { name: 'ada', email: 'a@example.com', password: PASSWORD };

  it.each([
    ['a number as the email address', '/sign-in/email', { email: 1, password: PASSWORD }, json, 400],
    ['plain text', '/sign-in/email', 'email', { 'content-type': 'text/plain' }, 415],
    ['over 100 kB', '/sign-in/email', JSON.stringify({ email: 'a'.repeat(101_000) }), json, 413],
    ['a NUL in a name', '/sign-up/email', { ...user, name: 'a\0b' }, json, 400],
    ['an unpaired surrogate in a name', '/sign-up/email', { ...user, name: 'a\ud800b' }, json, 400],
    ['a NUL in a reset token', '/reset-password', { token: 'a\0b', newPassword: PASSWORD }, json, 400],
    ['a name that is too long for a token', '/sign-up/email', { ...user, name: 'a'.repeat(201) }, json, 400],
    [
      'an email address that is too long',
      '/sign-up/email',
      { ...user, email: `${'a'.repeat(300)}@a.de` },
      json,
      400,
    ],
    ['a script as the image', '/sign-up/email', { ...user, image: 'javascript:alert(1)' }, json, 400],
    ['a short password', '/sign-up/email', { ...user, password: 'short' }, json, 400],
    ['an unknown route', '/nope', {}, json, 404],
    ['another method', '/token', {}, json, 404],
  ])('is rejected with a 4xx status: %s', async (_case, path, body, headers, status) => {
    const response = await post(`/api/auth${path}`, body, headers);
    expect(response.status).toBe(status);
    expect(response.body).toHaveProperty(typeof response.body.code === 'string' ? 'message' : 'detail');
  });

  it.each([
    ['a long name', { name: 'a'.repeat(9_000) }],
    ['a long array as the name', { name: ['a'.repeat(9_000)] }],
    ['no name', { name: null }],
    ['a number as the image', { image: 1 }],
    ['a script as the image', { image: 'javascript:alert(1)' }],
    ['a script as the image, with a line break', { image: 'java\nscript:alert(1)' }],
    ['data as the image', { image: 'data:image/svg+xml,<svg onload="alert(1)"/>' }],
    ['an image without TLS', { image: 'http://example.com/ada.png' }],
    ['a relative image', { image: '//example.com/ada.png' }],
    ['an image without a host', { image: 'https://' }],
    ['an empty image', { image: '' }],
    ['another email address', { email: 'bob@example.com' }],
  ])('is rejected in a profile update: %s', async (_case, change) => {
    expect((await ada.client.post('/api/auth/update-user', change)).status).toBe(400);
  });

  it('cannot set the id, the role or the verified state at sign-up', async () => {
    const privileges = { emailVerified: true, id: 'bob', role: 'admin', createdAt: '2020-01-01' };
    const { body } = await server
      .client()
      .post('/api/auth/sign-up/email', { ...user, ...privileges, email: 'eve@example.com' });
    expect(body.user).toMatchObject({ emailVerified: false });
    expect(body.user.id).not.toBe('bob');
  });

  it.each([
    ['a name of 200 characters', { name: '𝒶'.repeat(200) }],
    ['an https URL as the image', { image: 'https://example.com/ada.png' }],
    ['a null image', { image: null }],
  ])('does not include %s', async (_case, change) => {
    expect((await ada.client.post('/api/auth/update-user', change)).status).toBe(200);
    const { body } = await ada.client.get('/api/auth/get-session');
    expect(body.user).toMatchObject(change);
  });

  it('gets a problem document for a route that Better Auth does not have', async () => {
    const { headers, body } = await server.client().get('/api/auth/nope?secret=1');
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      instance: '/api/auth/nope',
    });
  });

  it('gets a problem document for a path with an encoded letter', async () => {
    const response = await server.client().get('/api/auth/%6fk');
    expect(response).toMatchObject({ status: 404, body: { title: 'Not Found' } });
  });

  it('accepts an absolute URL as the request target', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET http://evil.example/api/auth/ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
  });
});

it(
  'responds to other requests while many users sign up and in',
  withoutCachedHashes(async () => {
    const small = await startAuthServer({ DATABASE_POOL_SIZE: '2' });
    const user = await small.signUp('ada');
    const burst = [
      ...Array.from({ length: 30 }, (_, index) =>
        small.client().post('/api/auth/sign-in/email', { email: `${index}@example.com`, password: PASSWORD }),
      ),
      ...Array.from({ length: 4 }, () => small.signUp('bob')),
    ];
    const statuses: number[] = [];
    const finished = Promise.all(burst).then(() => true);
    while (!(await Promise.race([finished, sleep(200, false)]))) {
      statuses.push((await user.client.get('/api/auth/token')).status);
    }
    expect(statuses.length).toBeGreaterThan(1);
    expect(new Set(statuses)).toEqual(new Set([200]));
  }),
  60_000,
);

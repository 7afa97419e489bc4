import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { AUTH } from '../src/better-auth/auth.constants.js';
import type { Auth } from '../src/better-auth/auth.js';
import './cached-password-hashes.js';
import { type AuthServer, type SignedUp, startAuthServer } from './auth-server.js';
import { statementsOf } from './statements.js';
import { teardown } from './teardown.js';

let server: AuthServer;
let ada: SignedUp;

beforeAll(async () => {
  server = await startAuthServer({ NODE_ENV: 'production' });
});

beforeEach(async () => {
  ada = await server.signUp('ada');
});

afterAll(teardown);

/** Moves the end of the user's sessions to this many days from now. */
const expireIn = (days: number) =>
  sql`UPDATE auth.session SET "expiresAt" = now() + ${days} * interval '1 day' WHERE "userId" = ${ada.id}`.execute(
    server.db,
  );

describe('the current session', () => {
  it('is what Better Auth itself returns', async () => {
    const { internalAdapter } = await server.app.get<Auth>(AUTH).$context;
    const { body } = await ada.client.get('/api/auth/get-session');
    const expected = await internalAdapter.findSession(body.session.token);
    expect(body).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(body.user.id).toBe(ada.id);
  });

  it.each([
    '/api/auth/get-session',
    '/api/auth/get-session?disableRefresh=true',
    '/api/auth/token',
    '/api/auth/token?disableRefresh=true',
  ])('costs %s one statement', async (path) => {
    await ada.client.get(path);
    expect(await statementsOf(() => ada.client.get(path))).toHaveLength(1);
  });

  it('is renewed a day after it started', async () => {
    await expireIn(5.9);
    const { headers } = await ada.client.get('/api/auth/get-session');
    expect(headers.getSetCookie().join()).toContain('Max-Age=604800');
    const { body } = await ada.client.get('/api/auth/get-session');
    expect(Date.parse(body.session.expiresAt)).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
  });

  it('is renewed by a token too', async () => {
    await expireIn(5.9);
    const { status, headers } = await ada.client.get('/api/auth/token');
    expect(status).toBe(200);
    expect(headers.getSetCookie().join()).toContain('Max-Age=604800');
  });

  it.each(['get-session', 'token'])('is not renewed by %s if the request says so', async (path) => {
    await expireIn(5.9);
    const { status, headers } = await ada.client.get(`/api/auth/${path}?disableRefresh=true`);
    expect(status).toBe(200);
    expect(headers.getSetCookie()).toEqual([]);
  });
});

describe('a session that has ended', () => {
  const reasons: [string, () => Promise<unknown>][] = [
    ['was revoked', () => sql`DELETE FROM auth.session WHERE "userId" = ${ada.id}`.execute(server.db)],
    ['has expired', () => expireIn(-0.1)],
    ['belongs to a deleted user', () => sql`DELETE FROM auth."user" WHERE id = ${ada.id}`.execute(server.db)],
  ];

  it.each(reasons)('that %s gets no token at once, and its cookie is deleted', async (_reason, end) => {
    expect((await ada.client.get('/api/auth/token')).status).toBe(200);
    await end();
    const { status, headers, body } = await ada.client.get('/api/auth/token');
    expect([status, body]).toEqual([401, { message: 'Unauthorized', code: 'UNAUTHORIZED' }]);
    expect(headers.getSetCookie().join()).toMatch(/session_token=;.*Max-Age=0/);
  });

  it.each(reasons)('that %s is null at once, and its cookie is deleted', async (_reason, end) => {
    expect((await ada.client.get('/api/auth/get-session')).body.user.id).toBe(ada.id);
    await end();
    const { status, headers, body } = await ada.client.get('/api/auth/get-session');
    expect([status, body]).toEqual([200, null]);
    expect(headers.getSetCookie().join()).toMatch(/session_token=;.*Max-Age=0/);
  });
});

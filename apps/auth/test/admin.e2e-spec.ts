import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type RawBuilder, sql } from 'kysely';
import {
  type OpenIdProvider,
  type ProviderAccount,
  startOpenIdProvider,
} from '../../../tools/test/openid-provider.js';
import { type Actor, isAdmin, performAction } from '../src/admin/admin-actions.js';
import { selectUsers } from '../src/admin/admin-lists.js';
import { AUTH } from '../src/better-auth/auth.constants.js';
import type { Auth } from '../src/better-auth/auth.js';
import { CleanupService } from '../src/cleanup/cleanup.service.js';
import './cached-password-hashes.js';
import { type AuthServer, type SignedUp, startAuthServer } from './auth-server.js';
import { ORIGIN, PASSWORD } from './environment.js';
import { FakeApi } from './fake-api.js';
import type { HttpClient } from './http-client.js';
import { Mailbox } from './mailbox.js';
import { closeAfterTests, teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

/** In an order in which each changes something. */
const ACTIONS = ['verify', 'grant', 'ungrant', 'ban', 'unban', 'sign-out', 'delete'] as const;

let provider: OpenIdProvider;
let mailbox: Mailbox;
let api: FakeApi;
let server: AuthServer;
/** The only administrator before each test. */
let admin: SignedUp;
let ada: SignedUp;

beforeAll(async () => {
  // oidc-provider warns about settings that are unsafe in production.
  for (const level of ['warn', 'info'] as const) {
    jest.spyOn(console, level).mockImplementation(() => {});
  }
  provider = await startOpenIdProvider(ORIGIN);
  closeAfterTests(() => provider.close());
  mailbox = await Mailbox.open();
  api = await FakeApi.start();
  server = await startAuthServer({
    SMTP_URL: mailbox.url,
    API_INTERNAL_URL: api.url,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_NAME: 'Company',
  });
  api.jwksUrl = `${server.url}/.well-known/jwks.json`;
});

beforeEach(async () => {
  await sql`UPDATE auth."user" SET roles = NULL`.execute(server.db);
  await sql`DELETE FROM auth.audit_log`.execute(server.db);
  admin = await server.signUp('admin');
  ada = await server.signUp('ada');
  await grant(admin.id);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await teardown();
});

const grant = (userId: string) => performAction(server.db, 'command', { name: 'grant', userId });

const action = (name: string, { id }: { id: string }, body: object = {}, { client } = admin) =>
  client.post(`/api/auth/admin/${name}`, {
    userId: id,
    ...(name === 'ban' && { reason: 'spam' }),
    ...body,
  });

const signIn = (email: string, password = PASSWORD, client = server.client()) =>
  client.post('/api/auth/sign-in/email', { email, password });

const hasSession = async ({ client }: { client: HttpClient }) =>
  (await client.get('/api/auth/get-session')).body !== null;

const rolesInToken = async ({ client }: { client: HttpClient }) =>
  decodeJwt((await client.get('/api/auth/token')).body.token).roles;

const makeSessionsOlder = (userId: string) =>
  sql`UPDATE auth.session SET "createdAt" = now() - INTERVAL '11 minutes' WHERE "userId" = ${userId}`.execute(
    server.db,
  );

async function sessionsOf(userId: string) {
  const { rows } = await sql`SELECT FROM auth.session WHERE "userId" = ${userId}`.execute(server.db);
  return rows.length;
}

async function readAuditLog() {
  const { rows } = await sql<{ action: string; user_id: string }>`
    SELECT action, actor_id, actor_email, user_id, user_email, reason, banned_until FROM auth.audit_log ORDER BY id
  `.execute(server.db);
  return rows;
}

/** Waits until this many statements wait for a lock. */
const waitForLocks = (count: number) =>
  waitUntil(async () => {
    const { rows } = await sql`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
    `.execute(server.db);
    return rows.length === count;
  });

async function signInWithProvider(claims: ProviderAccount & { email: string }) {
  const subject = `subject-of-${claims.email}`;
  provider.accounts.set(subject, { email_verified: true, name: 'Ada', ...claims });
  const client = server.client();
  const { body } = await client.post('/api/auth/sign-in/social', {
    provider: 'oidc',
    callbackURL: '/tasks',
    errorCallbackURL: '/sign-in?next=%2Ftasks',
  });
  const { pathname, search } = await provider.authorize(body.url as string, subject);
  const { headers } = await client.get(pathname + search);
  return { client, location: new URL(headers.get('location') ?? '', ORIGIN) };
}

describe('the role admin', () => {
  it('is in the token of administrators, and other tokens have no claim for roles', async () => {
    expect(await rolesInToken(admin)).toEqual(['admin']);
    expect(await rolesInToken(ada)).toBeUndefined();
    await action('verify', ada);
    expect((await action('grant', ada)).status).toBe(200);
    expect(await rolesInToken(ada)).toEqual(['admin']);
    expect((await action('ungrant', ada)).status).toBe(200);
    expect(await rolesInToken(ada)).toBeUndefined();
  });

  it('is in the session, and costs no statement more', async () => {
    const { body } = await admin.client.get('/api/auth/get-session');
    expect(body.user.roles).toEqual(['admin']);
    const { internalAdapter } = await server.app.get<Auth>(AUTH).$context;
    const expected = await internalAdapter.findSession(body.session.token);
    expect(body).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it('keeps other roles when it is granted and removed', async () => {
    await sql`UPDATE auth."user" SET roles = '["editor"]' WHERE id = ${ada.id}`.execute(server.db);
    await grant(ada.id);
    await grant(ada.id);
    expect(await rolesInToken(ada)).toEqual(['editor', 'admin']);
    await action('ungrant', ada);
    expect(await rolesInToken(ada)).toEqual(['editor']);
  });

  it('can’t be chosen by users', async () => {
    const roles = ['admin'];
    expect((await ada.client.post('/api/auth/update-user', { roles })).status).toBe(400);
    await server.client().post('/api/auth/sign-up/email', {
      name: 'eve',
      email: 'eve@example.com',
      password: PASSWORD,
      roles,
    });
    const eve = await signInWithProvider({ email: 'mallory@example.com', roles } as never);
    expect(await rolesInToken(eve)).toBeUndefined();
    const { rows } = await sql<{ id: string }>`SELECT id FROM auth."user" WHERE roles <> '[]'`.execute(
      server.db,
    );
    expect(rows).toEqual([{ id: admin.id }]);
  });
});

describe('the routes below /admin', () => {
  const paths = ['/admin/audit-log', '/admin/users', ...ACTIONS.map((name) => `/admin/${name}`)];

  it('are these, and none of Better Auth’s admin plugin', async () => {
    const routes = server.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
    const reachable = [...routes.matchAll(/api\/auth(\/admin\/\S+) /g)].map(([, path]) => path!);
    expect(reachable.toSorted()).toEqual(paths.toSorted());
    for (const path of ['impersonate-user', 'set-role', 'list-users', 'create-user', 'set-user-password']) {
      expect((await admin.client.post(`/api/auth/admin/${path}`, {})).status).toBe(404);
    }
  });

  it.each(paths)('%s returns 401 without a session and 403 without the role', async (path) => {
    const isList = path === '/admin/audit-log' || path === '/admin/users';
    const send = (client: HttpClient) =>
      isList ? client.get(`/api/auth${path}`) : client.post(`/api/auth${path}`, {});
    expect(await send(server.client())).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    expect(await send(ada.client)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect((await send(admin.client)).status).toBe(isList ? 200 : 400);
  });

  it('return 403 to an administrator whose role was removed, at once', async () => {
    await grant(ada.id);
    expect((await action('verify', admin, {}, ada)).status).toBe(200);
    await action('ungrant', ada);
    expect((await action('grant', ada, {}, ada)).status).toBe(403);
    expect((await ada.client.get('/api/auth/admin/users')).status).toBe(403);
  });

  it.each(ACTIONS)('%s needs a recent sign-in', async (name) => {
    await makeSessionsOlder(admin.id);
    expect(await action(name, ada)).toMatchObject({ status: 403, body: { code: 'SESSION_NOT_FRESH' } });
    expect((await admin.client.get('/api/auth/admin/users')).status).toBe(200);
    expect(await hasSession(ada)).toBe(true);
  });

  it.each(ACTIONS)('%s rejects a request from another origin', async (name) => {
    const headers = { origin: 'https://evil.example' };
    const { status } = await admin.client.post(
      `/api/auth/admin/${name}`,
      { userId: ada.id, reason: 'x' },
      headers,
    );
    expect(status).toBe(403);
    expect(await readAuditLog()).toHaveLength(1);
  });

  it.each(ACTIONS)('%s says that a user does not exist', async (name) => {
    expect(await action(name, { id: 'unknown' })).toMatchObject({
      status: 404,
      body: { code: 'USER_NOT_FOUND' },
    });
  });

  it.each([
    [{ reason: '' }],
    [{ reason: 'x'.repeat(501) }],
    [{ reason: 'a\0b' }],
    [{ reason: undefined }],
    [{ until: 'tomorrow' }],
    [{ until: '2020-01-01T00:00:00Z' }],
    [{ userId: 5 }],
  ])('reject the ban %j', async (body) => {
    expect(await action('ban', ada, body)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect(await hasSession(ada)).toBe(true);
  });

  it('are limited per address, like other routes', async () => {
    const limited = await startAuthServer({ NODE_ENV: 'production' });
    const { client } = await limited.signUp('ada');
    const list = async () => (await client.get('/api/auth/admin/users')).status;
    expect(await list()).toBe(403);
    await sql`
      UPDATE auth."rateLimit" SET count = 100, "lastRequest" = extract(epoch FROM now())::bigint * 1000
      WHERE key LIKE '%|*'`.execute(limited.db);
    expect(await list()).toBe(429);
  });
});

describe('the list of users', () => {
  const list = async (query = '') => (await admin.client.get(`/api/auth/admin/users${query}`)).body;

  it('contains what an administrator needs to know, and no secrets', async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await action('ban', ada, { until });
    const { users } = await list(`?search=${ada.email.toUpperCase()}`);
    expect(users).toEqual([
      {
        id: ada.id,
        name: 'ada',
        email: ada.email,
        emailVerified: false,
        createdAt: expect.any(String),
        isAdmin: false,
        isBanned: true,
        banReason: 'spam',
        bannedUntil: until,
      },
    ]);
  });

  it('finds users by the beginning of the email address or the name, and takes wildcards literally', async () => {
    const grace = await server.signUp('Grace_Hopper');
    const idsOf = async (search: string) =>
      (await list(`?search=${encodeURIComponent(search)}`)).users.map(({ id }: { id: string }) => id);
    expect(await idsOf('grace_h')).toEqual([grace.id]);
    expect(await idsOf(grace.email.slice(0, 16))).toEqual([grace.id]);
    expect(await idsOf('grace%')).toEqual([]);
    expect(await idsOf('grac_')).toEqual([]);
    expect(await idsOf(String.raw`grace\_`)).toEqual([]);
  });

  it('has pages that contain every user once, also if they were created at the same time', async () => {
    await sql`
      INSERT INTO auth."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
      SELECT 'paged-' || n, 'paged', 'paged-' || n || '@example.com', true, '2020-01-01 00:00:00.123456Z', now()
      FROM generate_series(1, 120) AS n`.execute(server.db);
    const pages = [await list('?search=paged-')];
    while (pages.at(-1).nextCursor) {
      pages.push(await list(`?search=paged-&cursor=${pages.at(-1).nextCursor}`));
    }
    const ids = pages.flatMap(({ users }) => users.map(({ id }: { id: string }) => id));
    expect(pages.map(({ users }) => users.length)).toEqual([50, 50, 20]);
    expect(new Set(ids).size).toBe(120);
    await sql`DELETE FROM auth."user" WHERE name = 'paged'`.execute(server.db);
    await sql`DELETE FROM auth.account_deletions`.execute(server.db);
  });

  it('uses indexes for its order, its search and the administrators', async () => {
    const plan = async (statement: RawBuilder<unknown>, ...disabled: string[]) =>
      server.db.transaction().execute(async (transaction) => {
        for (const method of ['seqscan', ...disabled]) {
          await sql.raw(`SET LOCAL enable_${method} = off`).execute(transaction);
        }
        return JSON.stringify((await sql`EXPLAIN ${statement}`.execute(transaction)).rows);
      });
    const cursor = Buffer.from('["2030-01-01",""]').toString('base64url');
    expect(await plan(selectUsers({ cursor }), 'sort')).toContain('user_created_at_idx');
    // The unique index of the address serves a prefix only with the collation C.
    expect(await plan(selectUsers({ search: 'a' }), 'indexscan')).toMatch(
      /user_email_(prefix_idx|key).*user_name_prefix_idx/,
    );
    expect(await plan(sql`SELECT FROM auth."user" WHERE ${isAdmin} LIMIT 1`)).toContain('user_admin_idx');
  });

  it.each(['x', 'bnVsbA', Buffer.from('["2020-01-01",5]').toString('base64url')])(
    'rejects the cursor %s',
    async (cursor) => {
      expect(await admin.client.get(`/api/auth/admin/users?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'INVALID_CURSOR' },
      });
    },
  );
});

describe('a ban', () => {
  const banMessage = (until: string) =>
    `This account is banned until ${until.slice(0, 10)} ${until.slice(11, 16)} UTC.`;

  it('ends all sessions at once, and rejects the password with a clear error', async () => {
    const phone = await signIn(ada.email);
    expect(phone.status).toBe(200);
    expect((await action('ban', ada)).status).toBe(200);
    expect(await hasSession(ada)).toBe(false);
    expect((await ada.client.get('/api/auth/token')).status).toBe(401);
    expect(await sessionsOf(ada.id)).toBe(0);
    const rejected = await signIn(ada.email);
    expect(rejected).toMatchObject({
      status: 403,
      body: { code: 'BANNED_USER', message: 'This account is banned.' },
    });
    expect(rejected.headers.getSetCookie().join()).not.toMatch(/session_token=[^;]/);
    expect(await sessionsOf(ada.id)).toBe(0);
  });

  it('is not revealed by a wrong password', async () => {
    await action('ban', ada);
    expect(await signIn(ada.email, 'wrong password')).toMatchObject({
      status: 401,
      body: { code: 'INVALID_EMAIL_OR_PASSWORD' },
    });
  });

  it('says when it ends, and no longer counts then', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await action('ban', ada, { until });
    expect((await signIn(ada.email)).body.message).toBe(banMessage(until));
    await sql`UPDATE auth.bans SET expires_at = now() WHERE user_id = ${ada.id}`.execute(server.db);
    expect((await signIn(ada.email)).status).toBe(200);
    const { body } = await admin.client.get(`/api/auth/admin/users?search=${ada.email}`);
    expect(body.users[0].isBanned).toBe(false);
    await server.app.get(CleanupService).run();
    const { rows } = await sql`SELECT FROM auth.bans WHERE user_id = ${ada.id}`.execute(server.db);
    expect(rows).toEqual([]);
  });

  it('ends with unban', async () => {
    await action('ban', ada);
    expect((await action('unban', ada)).status).toBe(200);
    expect((await signIn(ada.email)).status).toBe(200);
  });

  it('prevents a sign-in with a provider, whose redirect says why', async () => {
    await sql`UPDATE auth."user" SET "emailVerified" = true WHERE id = ${ada.id}`.execute(server.db);
    expect((await signInWithProvider(ada)).location.pathname).toBe('/tasks');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await action('ban', ada, { until });
    const { client, location } = await signInWithProvider(ada);
    expect(location.pathname).toBe('/sign-in');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      next: '/tasks',
      error: 'BANNED_USER',
      error_description: banMessage(until),
    });
    expect(await hasSession({ client })).toBe(false);
    expect(await sessionsOf(ada.id)).toBe(0);
  });

  it('prevents a sign-in after a password reset', async () => {
    await server.client().post('/api/auth/request-password-reset', { email: ada.email });
    const { link } = await mailbox.emailTo(ada.email, /^Reset/);
    await action('ban', ada);
    const newPassword = 'another password';
    const reset = await server
      .client()
      .post('/api/auth/reset-password', { token: link.searchParams.get('token'), newPassword });
    expect(reset.status).toBe(200);
    expect((await signIn(ada.email, newPassword)).body.code).toBe('BANNED_USER');
  });

  it('prevents the session that replaces the current one after a password change', async () => {
    const { password } = await server.app.get<Auth>(AUTH).$context;
    const { hash } = password;
    jest.spyOn(password, 'hash').mockImplementationOnce(async (text) => {
      await performAction(server.db, 'command', { name: 'ban', userId: ada.id });
      return hash(text);
    });
    const { status } = await ada.client.post('/api/auth/change-password', {
      currentPassword: PASSWORD,
      newPassword: 'another password',
    });
    expect(status).toBe(403);
    expect(await sessionsOf(ada.id)).toBe(0);
  });

  it('prevents a session that is created at the same time', async () => {
    const signingIn = await server.db.transaction().execute(async (transaction) => {
      // A ban that isn't committed yet.
      await sql`SELECT FROM auth."user" WHERE id = ${ada.id} FOR UPDATE`.execute(transaction);
      await sql`INSERT INTO auth.bans (user_id) VALUES (${ada.id})`.execute(transaction);
      await sql`DELETE FROM auth.session WHERE "userId" = ${ada.id}`.execute(transaction);
      const response = signIn(ada.email);
      await waitForLocks(1);
      return { response };
    });
    expect((await signingIn.response).body.code).toBe('BANNED_USER');
    expect(await sessionsOf(ada.id)).toBe(0);
  });

  it('waits for a session that is created at the same time, and ends it', async () => {
    const banning = await server.db.transaction().execute(async (transaction) => {
      await sql`
        INSERT INTO auth.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
        VALUES ('concurrent', 'concurrent', ${ada.id}, now() + INTERVAL '1 day', now(), now())`.execute(
        transaction,
      );
      const response = action('ban', ada);
      await waitForLocks(1);
      return { response };
    });
    expect((await banning.response).status).toBe(200);
    expect(await sessionsOf(ada.id)).toBe(0);
  });
});

describe('what an action ends', () => {
  const nothing = { sessions: 1, providers: 1, resetLinks: 1, emailChanges: 1 };

  it.each([
    ['ban', { ...nothing, sessions: 0, emailChanges: 0 }],
    ['sign-out', { ...nothing, sessions: 0 }],
    // The reset link no longer has an effect.
    ['delete', { ...nothing, sessions: 0, providers: 0, emailChanges: 0 }],
    ['ungrant', nothing],
    ['unban', nothing],
    ['verify', nothing],
  ])('%s leaves %j', async (name, left) => {
    await grant(ada.id);
    await sql`
      INSERT INTO auth.account (id, "accountId", "providerId", "userId", "updatedAt")
      VALUES (${ada.id}, ${ada.id}, 'oidc', ${ada.id}, now())`.execute(server.db);
    await server.client().post('/api/auth/request-password-reset', { email: ada.email });
    const { link } = await mailbox.emailTo(ada.email, /^Reset/);
    const newEmail = `new-${ada.email}`;
    await ada.client.post('/api/auth/request-email-change', { newEmail, password: PASSWORD });
    expect((await action(name, ada)).status).toBe(200);
    const { rows } = await sql`
      SELECT (SELECT count(*)::int FROM auth.session WHERE "userId" = ${ada.id}) AS sessions,
        (SELECT count(*)::int FROM auth.account WHERE "userId" = ${ada.id} AND "providerId" = 'oidc') AS providers,
        (SELECT count(*)::int FROM auth.verification WHERE value = ${ada.id}) AS "resetLinks",
        (SELECT count(*)::int FROM auth.email_changes WHERE user_id = ${ada.id}) AS "emailChanges"`.execute(
      server.db,
    );
    expect(rows).toEqual([left]);
    const token = link.searchParams.get('token');
    const reset = await server
      .client()
      .post('/api/auth/reset-password', { token, newPassword: 'another password' });
    expect(reset.status).toBe(name === 'delete' ? 400 : 200);
  });
});

describe('verify', () => {
  it('marks the address as verified', async () => {
    expect((await action('verify', ada)).status).toBe(200);
    const { token } = (await ada.client.get('/api/auth/token')).body;
    expect(decodeJwt(token).email_verified).toBe(true);
  });
});

describe('grant', () => {
  it('needs a verified address, because someone else may have signed up with it', async () => {
    expect(await action('grant', ada)).toMatchObject({ status: 409, body: { code: 'EMAIL_NOT_VERIFIED' } });
    await action('verify', ada);
    expect((await action('grant', ada)).status).toBe(200);
  });
});

describe('the deletion of a user by an administrator', () => {
  it('is not possible for the own account, which needs the password', async () => {
    await grant(ada.id);
    expect(await action('delete', admin)).toMatchObject({ status: 400, body: { code: 'OWN_ACCOUNT' } });
    expect(await hasSession(admin)).toBe(true);
  });

  it('ends the sessions, and the api deletes the data of the user', async () => {
    expect((await action('delete', ada)).status).toBe(200);
    expect(await hasSession(ada)).toBe(false);
    expect((await signIn(ada.email)).status).toBe(401);
    await waitUntil(() => api.deletedUsers.includes(ada.id));
  });
});

describe('the audit log', () => {
  it('has a row for each action, which outlives both users', async () => {
    for (const name of ACTIONS) {
      expect((await action(name, ada, { reason: `because of ${name}` })).status).toBe(200);
    }
    await grant((await server.signUp('another')).id);
    expect((await admin.client.post('/api/auth/delete-user', { password: PASSWORD })).status).toBe(200);
    const actions = (await readAuditLog()).slice(1);
    expect(actions.filter(({ user_id }) => user_id === ada.id)).toEqual(
      ACTIONS.map((name) => ({
        action: name,
        actor_id: admin.id,
        actor_email: admin.email,
        user_id: ada.id,
        user_email: ada.email,
        reason: `because of ${name}`,
        banned_until: null,
      })),
    );
    expect(actions.at(-1)).toMatchObject({
      action: 'delete',
      actor_id: admin.id,
      user_id: admin.id,
    });
  });

  it('is listed for administrators, the newest first', async () => {
    await action('ban', ada, { until: '2100-01-01T00:00:00+02:00' });
    const { body } = await admin.client.get('/api/auth/admin/audit-log');
    expect(body.actions).toEqual([
      {
        id: expect.any(String),
        createdAt: expect.any(String),
        actor: admin.email,
        action: 'ban',
        user: ada.email,
        reason: 'spam',
        bannedUntil: '2099-12-31T22:00:00.000Z',
      },
      expect.objectContaining({ actor: null, action: 'grant', user: admin.email, reason: null }),
    ]);
  });

  it('has pages of 20 rows', async () => {
    for (let index = 0; index < 22; index++) {
      await action('sign-out', ada);
    }
    const list = async (query = '') => (await admin.client.get(`/api/auth/admin/audit-log${query}`)).body;
    const first = await list();
    const second = await list(`?cursor=${first.nextCursor}`);
    expect([first.actions.length, second.actions.length, second.nextCursor]).toEqual([20, 3, null]);
    const ids = [...first.actions, ...second.actions].map(({ id }: { id: string }) => Number(id));
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    expect((await admin.client.get('/api/auth/admin/audit-log?cursor=x')).status).toBe(400);
  });

  it('has no row if the action fails or changes nothing', async () => {
    await action('ban', admin);
    await action('delete', { id: 'unknown' });
    await action('ungrant', ada);
    await action('unban', ada);
    await action('grant', ada);
    expect((await readAuditLog()).map((row) => row.action)).toEqual(['grant']);
  });

  it('is deleted after a year', async () => {
    await sql`UPDATE auth.audit_log SET created_at = now() - INTERVAL '364 days'`.execute(server.db);
    await server.app.get(CleanupService).run();
    expect(await readAuditLog()).toHaveLength(1);
    await sql`UPDATE auth.audit_log SET created_at = now() - INTERVAL '366 days'`.execute(server.db);
    await server.app.get(CleanupService).run();
    expect(await readAuditLog()).toEqual([]);
  });
});

describe('the last administrator', () => {
  const LAST_ADMIN = { status: 409, body: { code: 'LAST_ADMIN' } };
  const remove = ({ client }: SignedUp) => client.post('/api/auth/delete-user', { password: PASSWORD });

  it.each(['ungrant', 'ban'])('is not removed by %s', async (name) => {
    expect(await action(name, admin)).toMatchObject(LAST_ADMIN);
    expect(await rolesInToken(admin)).toEqual(['admin']);
    await grant(ada.id);
    expect((await action(name, admin)).status).toBe(200);
  });

  it('can’t delete their own account, and keeps session, password and role', async () => {
    expect(await remove(admin)).toMatchObject(LAST_ADMIN);
    expect(await rolesInToken(admin)).toEqual(['admin']);
    expect((await signIn(admin.email)).status).toBe(200);
    await grant(ada.id);
    expect((await remove(admin)).status).toBe(200);
    expect(await remove(ada)).toMatchObject(LAST_ADMIN);
  });

  it('is the one who isn’t banned', async () => {
    await grant(ada.id);
    await action('ban', ada);
    for (const name of ['ungrant', 'ban']) {
      expect(await action(name, admin)).toMatchObject(LAST_ADMIN);
    }
    expect(await remove(admin)).toMatchObject(LAST_ADMIN);
    expect((await action('ungrant', ada)).status).toBe(200);
  });

  it('remains if two administrators remove each other at the same time', async () => {
    for (const name of ['ungrant', 'ban', 'delete'] as const) {
      const [one, other] = [await server.signUp('one'), await server.signUp('other')];
      await grant(one.id);
      await grant(other.id);
      await sql`UPDATE auth."user" SET roles = NULL WHERE id NOT IN (${one.id}, ${other.id})`.execute(
        server.db,
      );
      const responses = await holdAdminActions(
        () => [action(name, other, {}, one), action(name, one, {}, other)],
        2,
      );
      expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    }
  });

  it('remains if two administrators delete their own accounts at the same time', async () => {
    await grant(ada.id);
    const responses = await holdAdminActions(() => [remove(admin), remove(ada)], 2);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  it('remains if one deletes their account while another is demoted', async () => {
    await grant(ada.id);
    const responses = await holdAdminActions(() => [remove(ada), action('ungrant', admin)], 2);
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  /** Sends requests while another action is in progress, so that they wait for it and for each other. */
  async function holdAdminActions<T>(send: () => Promise<T>[], count: number): Promise<T[]> {
    const requests = await server.db.transaction().execute(async (transaction) => {
      await sql`SELECT pg_advisory_xact_lock(7214004)`.execute(transaction);
      const sent = send();
      await waitForLocks(count);
      return { sent };
    });
    return Promise.all(requests.sent);
  }
});

describe('an action whose actor has changed since the request began', () => {
  const demotions: [string, (id: string) => Promise<unknown>][] = [
    ['lost the role', (id) => sql`UPDATE auth."user" SET roles = '[]' WHERE id = ${id}`.execute(server.db)],
    ['was signed out', (id) => sql`DELETE FROM auth.session WHERE "userId" = ${id}`.execute(server.db)],
  ];

  it.each(demotions)('is rejected if its actor %s', async (_, demote) => {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM auth.session WHERE "userId" = ${admin.id}`.execute(server.db);
    const actor: Actor = { sessionId: rows[0]!.id };
    await demote(admin.id);
    await expect(performAction(server.db, actor, { name: 'grant', userId: ada.id })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

it('a user without the role deletes their account without a row in the audit log', async () => {
  expect((await ada.client.post('/api/auth/delete-user', { password: PASSWORD })).status).toBe(200);
  expect(await readAuditLog()).toHaveLength(1);
});

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { type Action, performAction } from '../src/admin/admin-actions.js';
import { AUTH } from '../src/better-auth/auth.constants.js';
import type { Auth } from '../src/better-auth/auth.js';
import { CleanupService } from '../src/cleanup/cleanup.service.js';
import { apiScopes } from '../src/personal-tokens/api-scopes.js';
import { createToken } from '../src/personal-tokens/token-format.js';
import { rotateSigningKey } from '../src/signing-keys/signing-keys.js';
import './cached-password-hashes.js';
import { startAuthProcess } from './auth-process.js';
import { type AuthServer, type SignedUp, startAuthServerOn } from './auth-server.js';
import { createDatabase, ORIGIN, PASSWORD } from './environment.js';
import { HttpClient } from './http-client.js';
import { Mailbox } from './mailbox.js';
import { statementsOf } from './statements.js';
import { teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

const READ = 'tasks:read';

let mailbox: Mailbox;
let database: TestDatabase;
let server: AuthServer;

beforeAll(async () => {
  mailbox = await Mailbox.open();
  database = await createDatabase();
  server = await startAuthServerOn(database.url, { SMTP_URL: mailbox.url });
});

afterAll(async () => {
  jest.restoreAllMocks();
  await teardown();
});

const create = ({ client }: { client: HttpClient }, values: object = {}) =>
  client.post('/api/auth/create-personal-token', { name: 'ci', scopes: [READ], ...values });
const list = async ({ client }: { client: HttpClient }) =>
  (await client.get('/api/auth/list-personal-tokens')).body;
const revoke = ({ client }: { client: HttpClient }, id: unknown) =>
  client.post('/api/auth/revoke-personal-token', { id });

/** A client without cookies and without an origin, such as curl. */
const script = (at = server) => new HttpClient(at.url, {});
const exchange = (token: string, headers: Record<string, string> = {}, at = server) =>
  script(at).post('/api/auth/token/exchange', undefined, { authorization: `Bearer ${token}`, ...headers });

const createFor = async (user: SignedUp, values: object = {}) => {
  const { status, body } = await create(user, values);
  expect(status).toBe(200);
  return body as { id: string; token: string };
};

const newUser = async (values: object = {}) => {
  const ada = await server.signUp('ada');
  return { ...ada, ...(await createFor({ ...ada }, values)), userId: ada.id };
};

const act = ({ userId }: { userId: string }, values: Partial<Action>) =>
  performAction(server.db, 'command', { userId, ...values } as Action);

const makeSessionOld = (userId: string) =>
  sql`UPDATE auth.session SET "createdAt" = now() - interval '11 minutes' WHERE "userId" = ${userId}`.execute(
    server.db,
  );
const expire = (id: string, interval = '1 second') =>
  sql`
    UPDATE auth.personal_tokens SET expires_at = now() - ${interval}::interval WHERE id = ${id}`.execute(
    server.db,
  );

const isStatementWaiting = async () => {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
    server.db,
  );
  return rows.length > 0;
};

describe('a new token', () => {
  it('is shown once, and stored as a hash', async () => {
    const ada = await server.signUp('ada');
    const { status, body } = await create(ada, { name: ' Backup script ' });
    expect(status).toBe(200);
    const { token, ...shown } = body;
    expect(token).toMatch(/^ntt_[0-9A-Za-z]{49}$/);
    expect(shown).toEqual({
      id: expect.any(String),
      name: 'Backup script',
      lastCharacters: token.slice(-4),
      scopes: [READ],
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      lastUsedAt: null,
    });
    expect(await list(ada)).toEqual({ tokens: [shown], scopes: apiScopes });
    const { rows } = await sql`SELECT row_to_json(t)::text AS row FROM auth.personal_tokens t`.execute(
      server.db,
    );
    expect(JSON.stringify(rows)).not.toContain(token.slice(4, -6));
    expect(JSON.stringify(rows)).toContain(createHash('sha256').update(token).digest('base64url'));
  });

  it('expires after 90 days, or the chosen time of at most 365 days', async () => {
    const ada = await server.signUp('ada');
    for (const [values, days] of [
      [{}, 90],
      [{ expiresInDays: 1 }, 1],
      [{ expiresInDays: 365 }, 365],
    ] as const) {
      const { body } = await create(ada, values);
      const lifetime = new Date(body.expiresAt).getTime() - new Date(body.createdAt).getTime();
      expect(Math.round(lifetime / 86_400_000)).toBe(days);
    }
  });

  it.each<[object, string]>([
    [{ name: '' }, 'VALIDATION_ERROR'],
    [{ name: '   ' }, 'VALIDATION_ERROR'],
    [{ name: 'a'.repeat(101) }, 'VALIDATION_ERROR'],
    [{ name: 'a\u0000b' }, 'VALIDATION_ERROR'],
    [{ name: 'a\ud800' }, 'VALIDATION_ERROR'],
    [{ scopes: [] }, 'VALIDATION_ERROR'],
    [{ scopes: READ }, 'VALIDATION_ERROR'],
    [{ scopes: ['tasks:admin'] }, 'UNKNOWN_SCOPE'],
    [{ scopes: [READ, 'openid'] }, 'UNKNOWN_SCOPE'],
    [{ scopes: [`${READ} tasks:write`] }, 'UNKNOWN_SCOPE'],
    [{ scopes: ['toString'] }, 'UNKNOWN_SCOPE'],
    [{ expiresInDays: 0 }, 'VALIDATION_ERROR'],
    [{ expiresInDays: 366 }, 'VALIDATION_ERROR'],
    [{ expiresInDays: null }, 'VALIDATION_ERROR'],
    [{ expiresInDays: 1.5 }, 'VALIDATION_ERROR'],
  ])('is rejected with %j: %s', async (values, code) => {
    const ada = await server.signUp('ada');
    expect(await create(ada, values)).toMatchObject({ status: 400, body: { code } });
    expect((await list(ada)).tokens).toEqual([]);
  });

  it('has each scope once', async () => {
    const ada = await server.signUp('ada');
    const { body } = await create(ada, { scopes: [READ, 'tasks:write', READ] });
    expect(body.scopes).toEqual([READ, 'tasks:write']);
  });

  it('needs a session that began in the last ten minutes', async () => {
    expect((await create({ client: server.client() })).status).toBe(401);
    const ada = await server.signUp('ada');
    await makeSessionOld(ada.id);
    expect(await create(ada)).toMatchObject({ status: 403, body: { code: 'SESSION_NOT_FRESH' } });
    expect((await list(ada)).tokens).toEqual([]);
  });

  it('is reported to the owner in an email without the name and the token', async () => {
    const user = await server.signUp('ada');
    await act({ userId: user.id }, { name: 'verify' });
    const ada = { ...user, ...(await createFor(user, { name: 'Visit evil.example' })) };
    const email = await mailbox.emailTo(ada.email, /^New personal access token/);
    for (const secret of ['evil.example', ada.token, ada.token.slice(-4)]) {
      expect(email.text + email.html).not.toContain(secret);
    }
    expect(email.link.pathname).toBe('/forgot-password');
  });

  it('is the last of 50, also for simultaneous requests', async () => {
    const ada = await server.signUp('ada');
    await sql`
      INSERT INTO auth.personal_tokens (user_id, name, token_hash, last_characters, scopes, expires_at)
      SELECT ${ada.id}, 'n', 'hash ' || ${ada.id} || n, 'last', '{tasks:read}', now() + interval '1 day'
      FROM generate_series(1, 48) n`.execute(server.db);
    const responses = await Promise.all(Array.from({ length: 6 }, () => create(ada)));
    expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 200, 400, 400, 400, 400]);
    expect(responses.find(({ status }) => status === 400)!.body.code).toBe('TOO_MANY_TOKENS');
    expect((await list(ada)).tokens).toHaveLength(50);
  });

  it('is not created by a request whose session a reset ends meanwhile', async () => {
    const ada = await server.signUp('ada');
    const response = await server.db.transaction().execute(async (transaction) => {
      await sql`SELECT FROM auth."user" WHERE id = ${ada.id} FOR UPDATE`.execute(transaction);
      const creation = create(ada);
      await waitUntil(isStatementWaiting);
      await sql`DELETE FROM auth.session WHERE "userId" = ${ada.id}`.execute(transaction);
      return { creation };
    });
    expect((await response.creation).status).toBe(401);
  });
});

describe('the exchange', () => {
  it('returns an access token of the type scoped+jwt with the scopes, without roles and personal data', async () => {
    const ada = await newUser({ scopes: [READ, 'tasks:write'] });
    const { status, headers, body } = await exchange(ada.token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('set-cookie')).toBeNull();
    const keys = (await server.client().get('/.well-known/jwks.json')).body;
    const { payload } = await jwtVerify(body.token, createLocalJWKSet(keys));
    const { iat = 0, exp = 0, ...claims } = payload;
    expect(claims).toEqual({
      sub: ada.userId,
      scope: `${READ} tasks:write`,
      iss: ORIGIN,
      aud: 'http://api.test',
    });
    expect(exp - iat).toBe(15 * 60);
    expect(body.expiresIn).toBe(15 * 60);
    expect(decodeProtectedHeader(body.token)).toEqual({
      alg: 'RS256',
      kid: keys.keys[0].kid,
      typ: 'scoped+jwt',
    });
  });

  it('sends two statements, and one while the last use was recorded less than a minute ago', async () => {
    const ada = await newUser();
    await exchange(ada.token);
    await sql`UPDATE auth.personal_tokens SET last_used_at = last_used_at - interval '61 seconds'`.execute(
      server.db,
    );
    const first = await statementsOf(() => exchange(ada.token));
    expect(first.map((text) => text.trim().split(' ')[0])).toEqual(['SELECT', 'UPDATE']);
    const second = await statementsOf(() => exchange(ada.token));
    expect(second.map((text) => text.trim().split(' ')[0])).toEqual(['SELECT']);
  });

  it('records the last use at most once a minute', async () => {
    const ada = await newUser();
    const lastUse = async () => (await list(ada)).tokens[0].lastUsedAt;
    expect(await lastUse()).toBeNull();
    await exchange(ada.token);
    const first = await lastUse();
    expect(Date.now() - new Date(first).getTime()).toBeLessThan(60_000);
    await exchange(ada.token);
    expect(await lastUse()).toBe(first);
    await sql`UPDATE auth.personal_tokens SET last_used_at = now() - interval '61 seconds'`.execute(
      server.db,
    );
    await Promise.all([exchange(ada.token), exchange(ada.token)]);
    expect(Date.now() - new Date(await lastUse()).getTime()).toBeLessThan(60_000);
  });

  it('returns no access token that outlives the personal token', async () => {
    const ada = await newUser();
    await expire(ada.id, '-100 seconds');
    const { body } = await exchange(ada.token);
    expect(body.expiresIn).toBeLessThanOrEqual(100);
    expect(body.expiresIn).toBeGreaterThan(80);
  });

  it('signs with a new key after a rotation', async () => {
    const ada = await newUser();
    const before = decodeProtectedHeader((await exchange(ada.token)).body.token).kid;
    await rotateSigningKey(server.app.get<Auth>(AUTH), server.db, { revoke: false });
    const after = decodeProtectedHeader((await exchange(ada.token)).body.token).kid;
    expect(after).not.toBe(before);
  });

  it('returns 401 for a token that is unknown, expired or revoked', async () => {
    const ada = await newUser();
    const invalid = {
      status: 401,
      body: { code: 'INVALID_TOKEN', message: 'The personal access token is invalid, expired or revoked.' },
    };
    const response = await exchange(createToken());
    expect(response).toMatchObject(invalid);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const other = await createFor(ada);
    await expire(other.id);
    expect(await exchange(other.token)).toMatchObject(invalid);
    expect((await revoke(ada, ada.id)).status).toBe(200);
    expect(await exchange(ada.token)).toMatchObject(invalid);
  });

  it('rejects a malformed token before it reads the database', async () => {
    const ada = await newUser();
    const mistyped = ada.token.slice(0, -1) + (ada.token.endsWith('a') ? 'b' : 'a');
    const { body } = await ada.client.get('/api/auth/token');
    const statements = await statementsOf(async () => {
      for (const token of [mistyped, body.token, 'x', '', `${ada.token} x`]) {
        expect((await exchange(token)).status).toBe(401);
      }
      expect((await script().post('/api/auth/token/exchange')).status).toBe(401);
    });
    expect(statements).toEqual([]);
  });

  it('ignores cookies, so a page of another site cannot use them', async () => {
    const ada = await newUser();
    const cookie = [...ada.client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const hostile = { cookie, origin: 'http://evil.test' };
    expect((await script().post('/api/auth/token/exchange', undefined, hostile)).status).toBe(401);
    const { status, headers, body } = await exchange(ada.token, hostile);
    expect(status).toBe(200);
    expect(decodeJwt(body.token)).toMatchObject({ scope: READ });
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect((await ada.client.post('/api/auth/token/exchange')).status).toBe(401);
  });

  it('is not available with GET', async () => {
    const ada = await newUser();
    const response = await script().get('/api/auth/token/exchange', { authorization: `Bearer ${ada.token}` });
    expect(response.status).toBe(404);
  });
});

describe('every other route', () => {
  it('gives a personal token no more access than nothing', async () => {
    const ada = await newUser();
    const { client } = await server.signUp('bob');
    const endpoints = Object.values(server.app.get<Auth>(AUTH).api) as {
      path?: string;
      options?: { method?: string | string[]; metadata?: { SERVER_ONLY?: boolean } };
    }[];
    const routes = endpoints.filter(({ path, options }) => path && !options?.metadata?.SERVER_ONLY);
    expect(routes.length).toBeGreaterThan(30);
    const jwt = (await exchange(ada.token)).body.token;
    for (const { path, options } of routes.filter((route) => route.path !== '/token/exchange')) {
      for (const method of [options!.method ?? []].flat()) {
        const send = (headers: Record<string, string>) =>
          method === 'GET'
            ? script().get(`/api/auth${path}`, headers)
            : script().post(`/api/auth${path}`, {}, { origin: ORIGIN, ...headers });
        const without = await send({});
        for (const credential of [ada.token, jwt]) {
          const { status, body, headers } = await send({
            authorization: `Bearer ${credential}`,
            'x-api-key': credential,
          });
          expect({ path, status, body }).toEqual({ path, status: without.status, body: without.body });
          expect(headers.get('set-cookie') ?? '').not.toMatch(/session_token=[^;]/);
        }
      }
    }
    expect((await client.get('/api/auth/get-session')).body).not.toBeNull();
    for (const path of ['/api/auth/token', '/api/auth/list-personal-tokens', '/api/auth/list-sessions']) {
      const response = await script().get(path, { authorization: `Bearer ${ada.token}` });
      expect({ path, status: response.status }).toEqual({ path, status: 401 });
    }
    const { body } = await script().get('/api/auth/get-session', { authorization: `Bearer ${ada.token}` });
    expect(body).toBeNull();
  });

  it('does not accept the personal token as a session cookie', async () => {
    const ada = await newUser();
    const name = [...ada.client.cookies.keys()].find((key) => key.endsWith('session_token'))!;
    const cookie = `${name}=${ada.token}`;
    expect((await script().get('/api/auth/token', { cookie })).status).toBe(401);
  });
});

describe('the list of tokens', () => {
  it("neither shows nor revokes another user's token", async () => {
    const [ada, bob] = [await newUser(), await server.signUp('bob')];
    expect((await list(bob)).tokens).toEqual([]);
    for (const id of [ada.id, '', 'x', "' OR true --"]) {
      expect(await revoke(bob, id)).toMatchObject({ status: 404, body: { code: 'TOKEN_NOT_FOUND' } });
    }
    expect((await exchange(ada.token)).status).toBe(200);
    expect((await script().get('/api/auth/list-personal-tokens')).status).toBe(401);
    expect((await revoke({ client: server.client() }, ada.id)).status).toBe(401);
  });

  it('revokes a token of an older session', async () => {
    const ada = await newUser();
    await makeSessionOld(ada.userId);
    expect((await revoke(ada, ada.id)).status).toBe(200);
    expect((await list(ada)).tokens).toEqual([]);
  });

  it('contains expired tokens for 30 days', async () => {
    const ada = await newUser();
    await expire(ada.id, '29 days');
    await server.app.get(CleanupService).run();
    expect((await list(ada)).tokens).toHaveLength(1);
    await expire(ada.id, '31 days');
    await server.app.get(CleanupService).run();
    expect((await list(ada)).tokens).toEqual([]);
  });
});

describe('personal tokens', () => {
  const works = async (token: string) => (await exchange(token)).status === 200;

  it('stay after a change of the password and a sign-out everywhere else', async () => {
    const ada = await newUser();
    const { status } = await ada.client.post('/api/auth/change-password', {
      currentPassword: PASSWORD,
      newPassword: 'another long password',
    });
    expect(status).toBe(200);
    expect((await ada.client.post('/api/auth/revoke-other-sessions', {})).status).toBe(200);
    expect((await ada.client.post('/api/auth/sign-out', {})).status).toBe(200);
    expect(await works(ada.token)).toBe(true);
  });

  it('end with a reset of the password', async () => {
    const ada = await newUser();
    await server.client().post('/api/auth/request-password-reset', { email: ada.email });
    const { link } = await mailbox.emailTo(ada.email, /^Reset/);
    const token = link.searchParams.get('token');
    const body = { token, newPassword: 'another long password' };
    expect((await server.client().post('/api/auth/reset-password', body)).status).toBe(200);
    expect(await works(ada.token)).toBe(false);
  });

  it('stay after a change of the address, and end when the old one is restored', async () => {
    const ada = await newUser();
    await sql`UPDATE auth."user" SET "emailVerified" = true WHERE id = ${ada.userId}`.execute(server.db);
    const newEmail = `new-${ada.email}`;
    await ada.client.post('/api/auth/request-email-change', { newEmail, password: PASSWORD });
    const confirmation = await mailbox.emailTo(newEmail, /^Confirm your new/);
    const restoration = await mailbox.emailTo(ada.email, /being changed$/);
    const send = (path: string, { link }: { link: URL }) =>
      server.client().post(`/api/auth/${path}`, { token: link.searchParams.get('token') });
    expect((await send('confirm-email-change', confirmation)).status).toBe(200);
    expect(await works(ada.token)).toBe(true);
    expect((await send('restore-email', restoration)).status).toBe(200);
    expect(await works(ada.token)).toBe(false);
  });

  it('stay when a provider is connected or disconnected', async () => {
    const ada = await newUser();
    await sql`
      INSERT INTO auth.account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
      VALUES (${`google-${ada.userId}`}, ${ada.userId}, 'google', ${ada.userId}, now(), now())`.execute(
      server.db,
    );
    expect(await works(ada.token)).toBe(true);
    const body = { accountId: `google-${ada.userId}` };
    expect((await ada.client.post('/api/auth/disconnect-provider', body)).status).toBe(200);
    expect(await works(ada.token)).toBe(true);
  });

  it('stay when a password is added', async () => {
    const ada = await newUser();
    await sql`
      UPDATE auth.account SET "providerId" = 'google', "accountId" = ${ada.userId}, password = NULL
      WHERE "userId" = ${ada.userId}`.execute(server.db);
    const body = { newPassword: 'another long password' };
    expect((await ada.client.post('/api/auth/add-password', body)).status).toBe(200);
    expect(await works(ada.token)).toBe(true);
  });

  it.each<Partial<Action>>([{ name: 'ban' }, { name: 'ban', bannedUntil: new Date(Date.now() + 3_600_000) }])(
    'do not work while the user is banned: %j',
    async (ban) => {
      const ada = await newUser();
      await act(ada, ban);
      expect((await exchange(ada.token)).status).toBe(401);
      await sql`UPDATE auth.bans SET expires_at = now() WHERE user_id = ${ada.userId}`.execute(server.db);
      expect((await exchange(ada.token)).status).toBe(200);
    },
  );

  it('have no roles, and stay when an administrator removes the role of the user', async () => {
    const [ada, bob] = [await newUser(), await newUser()];
    await act(bob, { name: 'grant' });
    for (const name of ['grant', 'verify', 'ungrant'] as const) {
      await act(ada, { name });
      expect(decodeJwt((await exchange(ada.token)).body.token)).not.toHaveProperty('roles');
    }
  });

  it('are revoked when an administrator signs the user out', async () => {
    const ada = await newUser();
    await act(ada, { name: 'sign-out' });
    expect((await exchange(ada.token)).status).toBe(401);
  });

  it('are deleted with the account', async () => {
    const ada = await newUser();
    expect((await ada.client.post('/api/auth/delete-user', { password: PASSWORD })).status).toBe(200);
    expect(await works(ada.token)).toBe(false);
    const { rows } = await sql`SELECT FROM auth.personal_tokens WHERE user_id = ${ada.userId}`.execute(
      server.db,
    );
    expect(rows).toEqual([]);
  });
});

describe('in production', () => {
  let production: AuthServer;
  const now = performance.now.bind(performance);
  let advancedMs = 0;

  beforeAll(async () => {
    jest.spyOn(performance, 'now').mockImplementation(() => now() + advancedMs);
    production = await startAuthServerOn(database.url, {
      NODE_ENV: 'production',
      TRUST_PROXY: '127.0.0.1',
      SMTP_URL: mailbox.url,
    });
  });

  const at = (address: string, token: string) => exchange(token, { 'x-forwarded-for': address }, production);
  const countOf = (status: number, responses: { status: number }[]) =>
    responses.filter((response) => response.status === status).length;

  it('limits the exchanges of one token, from all addresses', async () => {
    const [ada, bob] = [await newUser(), await newUser()];
    const responses = await Promise.all(
      Array.from({ length: 65 }, (_, index) => at(`192.0.2.${index}`, ada.token)),
    );
    expect([countOf(200, responses), countOf(429, responses)]).toEqual([60, 5]);
    expect(responses.find(({ status }) => status === 429)!.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await at('192.0.2.1', bob.token)).status).toBe(200);
    advancedMs += 61_000;
    expect((await at('192.0.2.1', ada.token)).status).toBe(200);
  });

  it('limits invalid tokens per address, and then reads the database for none', async () => {
    const ada = await newUser();
    for (let index = 0; index < 60; index++) {
      expect((await at('198.51.100.1', createToken())).status).toBe(401);
      expect((await at('198.51.100.1', 'malformed')).status).toBe(401);
    }
    expect((await at('198.51.100.1', createToken())).status).toBe(429);
    expect((await at('198.51.100.1', ada.token)).status).toBe(429);
    expect((await at('198.51.100.2', ada.token)).status).toBe(200);
    expect((await at('198.51.100.1', ada.token)).status).toBe(200);
    advancedMs += 61_000;
    expect((await at('198.51.100.1', createToken())).status).toBe(401);
  });

  it('limits new tokens per user, and sends no email to an address that is not verified', async () => {
    const ada = await production.signUp('ada');
    for (let index = 0; index < 20; index++) {
      const { id } = await createFor(ada);
      await revoke(ada, id);
    }
    const rejected = await create(ada);
    expect(rejected.status).toBe(429);
    expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(3_000);
    const subjects = mailbox.emails.filter(({ to }) => to.includes(ada.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith('New personal'))).toEqual([]);
  });
});

it('appears in no log line, whether it is accepted or not', async () => {
  const ada = await newUser();
  const child = await startAuthProcess(database.url, { LOG_LEVEL: 'trace', NODE_ENV: 'production' });
  const send = (path: string, token: string) =>
    fetch(child.url + path, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  const unknown = createToken();
  const response = await send('/api/auth/token/exchange', ada.token);
  const { token: jwt } = (await response.json()) as { token: string };
  await send('/api/auth/token/exchange', unknown);
  await send('/api/auth/token/exchange', ada.token.slice(0, -1));
  await send('/api/auth/revoke-personal-token', ada.token);
  await send('/api/auth/missing', ada.token);
  await child.stop();
  expect(child.output()).toContain('POST /api/auth/token/exchange 200');
  expect(child.output()).toContain('POST /api/auth/token/exchange 401');
  for (const secret of [ada.token.slice(4, 30), unknown.slice(4, 30), jwt.split('.')[2]!]) {
    expect(child.output()).not.toContain(secret);
  }
});

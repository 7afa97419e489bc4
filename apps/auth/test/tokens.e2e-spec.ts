import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import type { Auth } from '../src/better-auth/auth.js';
import { AUTH } from '../src/better-auth/auth.constants.js';
import { createHeadlessAuth } from '../src/better-auth/headless-auth.js';
import { rotateSigningKey } from '../src/signing-keys/signing-keys.js';
import './cached-password-hashes.js';
import { type AuthServer, type SignedUp, startAuthServerOn } from './auth-server.js';
import { createDatabase, ORIGIN } from './environment.js';
import { teardown } from './teardown.js';

let database: TestDatabase;
let server: AuthServer;
/** A second instance of the same server. */
let twin: AuthServer;
let ada: SignedUp;

beforeAll(async () => {
  database = await createDatabase();
  [server, twin] = await Promise.all([
    startAuthServerOn(database.url, { JWT_ISSUER: 'https://issuer.test/', NODE_ENV: 'production' }),
    startAuthServerOn(database.url, { JWT_ISSUER: 'https://issuer.test/', NODE_ENV: 'production' }),
  ]);
  ada = await server.signUp('ada');
});

afterAll(teardown);

const token = async (at = server): Promise<string> => {
  const client = at.client();
  for (const [name, value] of ada.client.cookies) {
    client.cookies.set(name, value);
  }
  const { status, body } = await client.get('/api/auth/token');
  expect(status).toBe(200);
  return body.token;
};
const keys = async (at = server) => (await at.client().get('/.well-known/jwks.json')).body;
const rotate = (revoke = false) => rotateSigningKey(server.app.get<Auth>(AUTH), server.db, { revoke });
const accepts = async (jwt: string) =>
  jwtVerify(jwt, createLocalJWKSet(await keys()), { issuer: 'https://issuer.test/' }).then(
    () => true,
    () => false,
  );

describe('a token', () => {
  it('contains only the claims that the api needs', async () => {
    const jwt = await token();
    const now = Math.floor(Date.now() / 1000);
    const { iat = 0, exp = 0, ...claims } = decodeJwt(jwt);
    expect(claims).toEqual({
      sub: ada.id,
      email: ada.email,
      email_verified: false,
      name: 'ada',
      iss: 'https://issuer.test/',
      aud: 'http://api.test',
    });
    expect(exp - iat).toBe(15 * 60);
    expect(Math.abs(now - iat)).toBeLessThan(10);
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'RS256', kid: expect.any(String) });
  });

  it('says that the email address is verified as soon as it is', async () => {
    const bob = await server.signUp('bob');
    const claims = async () => decodeJwt((await bob.client.get('/api/auth/token')).body.token);
    expect(await claims()).toMatchObject({ email: bob.email, email_verified: false });
    await sql`UPDATE auth."user" SET "emailVerified" = true WHERE id = ${bob.id}`.execute(server.db);
    expect(await claims()).toMatchObject({ email: bob.email, email_verified: true });
  });

  it('has BETTER_AUTH_URL as its issuer by default', async () => {
    const plain = await startAuthServerOn(database.url);
    const { client } = await plain.signUp('ada');
    const { body } = await client.get('/api/auth/token');
    expect(decodeJwt(body.token).iss).toBe(ORIGIN);
  });

  it('requires a session, and is in no other response', async () => {
    expect((await server.client().get('/api/auth/token')).status).toBe(401);
    const { headers } = await ada.client.get('/api/auth/get-session');
    expect(headers.has('set-auth-jwt')).toBe(false);
  });

  it.each(['/sign-jwt', '/verify-jwt'])('is not available through %s', async (path) => {
    expect((await ada.client.post(`/api/auth${path}`, { payload: { sub: 'bob' } })).status).toBe(404);
  });
});

describe('the public keys', () => {
  it('are published at both paths, and cacheable for five minutes', async () => {
    for (const path of ['/.well-known/jwks.json', '/api/auth/jwks']) {
      const { status, headers, body } = await server.client().get(path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('private, max-age=300');
      expect(Object.keys(body.keys[0]).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n']);
    }
  });

  it('are one key even if two servers start at the same time', async () => {
    expect((await keys()).keys).toHaveLength(1);
  });
});

describe('rotation', () => {
  it('makes every process sign with the new key at once, and keeps the old key published', async () => {
    const old = await token(twin);
    await rotate();
    const [mine, theirs] = [await token(), await token(twin)];
    expect(decodeProtectedHeader(theirs).kid).toBe(decodeProtectedHeader(mine).kid);
    expect(decodeProtectedHeader(mine).kid).not.toBe(decodeProtectedHeader(old).kid);
    expect(await accepts(old)).toBe(true);
    expect(await accepts(mine)).toBe(true);
    expect(await keys(twin)).toEqual(await keys());
  });

  it('happens automatically after 30 days, and concurrent requests get the same new key', async () => {
    const { rows } = await sql<{ days: number }>`
      SELECT round(extract(epoch FROM max("expiresAt") - now()) / 86400)::int AS days FROM auth.jwks`.execute(
      server.db,
    );
    expect(rows[0]?.days).toBe(30);

    const before = (await keys()).keys.length;
    await sql`UPDATE auth.jwks SET "expiresAt" = now() WHERE "expiresAt" > now()`.execute(server.db);
    const kids = await Promise.all(
      [server, twin, server, twin, server].map(async (at) => decodeProtectedHeader(await token(at)).kid),
    );
    expect(new Set(kids).size).toBe(1);
    expect((await keys()).keys).toHaveLength(before + 1);
  });

  it('unpublishes an old key after the grace period of one day', async () => {
    const old = await token();
    await rotate();
    const { kid } = decodeProtectedHeader(old);
    const setAge = (age: string) =>
      sql`UPDATE auth.jwks SET "expiresAt" = now() - ${age}::interval WHERE id = ${kid}`.execute(server.db);
    await setAge('23 hours');
    expect(await accepts(old)).toBe(true);
    await setAge('25 hours');
    expect(await accepts(old)).toBe(false);
  });

  it('unpublishes the old keys at once if they are revoked', async () => {
    const old = await token();
    await rotate(true);
    expect((await keys(twin)).keys).toHaveLength(1);
    expect(await accepts(old)).toBe(false);
    expect(await accepts(await token(twin))).toBe(true);
  });

  it('signs with RS256 even if a newer key has another algorithm', async () => {
    await sql`
      INSERT INTO auth.jwks (id, alg, crv, "publicKey", "privateKey", "createdAt")
      VALUES ('foreign', 'EdDSA', 'Ed25519', '{"kty":"OKP","crv":"Ed25519","x":"x"}', '""', now() + INTERVAL '1 hour')
    `.execute(server.db);
    expect(decodeProtectedHeader(await token())).toMatchObject({ alg: 'RS256' });
    await sql`DELETE FROM auth.jwks WHERE id = 'foreign'`.execute(server.db);
  });
});

describe('a changed secret', () => {
  const BETTER_AUTH_SECRET = 'another-secret-that-is-just-as-long-0123456789';

  it('prevents startup in production, and explains what to do', async () => {
    await expect(
      startAuthServerOn(database.url, { BETTER_AUTH_SECRET, NODE_ENV: 'production' }),
    ).rejects.toThrow('npm run auth:rotate-keys -- --secret-changed');
  });

  it('can be followed by a rotation even if the clock of the database is ahead', async () => {
    const auth = createHeadlessAuth(server.db, 'a-third-secret-that-is-just-as-long-0123456789');
    jest.useFakeTimers({
      now: Date.now() - 5_000,
      advanceTimers: true,
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'],
    });
    const rotation = rotateSigningKey(auth, server.db, { secretChanged: true });
    await expect(rotation.finally(() => jest.useRealTimers())).resolves.toBeUndefined();
  });

  it('replaces the signing key in development', async () => {
    const renewed = await startAuthServerOn(database.url, { BETTER_AUTH_SECRET });
    const { client } = await renewed.signUp('ada');
    expect((await client.get('/api/auth/token')).status).toBe(200);
  });
});

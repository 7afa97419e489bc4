import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { TestDatabase } from '../../../tools/test/database.js';
import { connectDatabase, type Database } from '../src/database/database.js';
import { findOrCreateDemoUser } from '../src/better-auth/demo-user.js';
import { migrate } from '../src/database/migrator.js';
import { runProgram, type ServerProcess, startAuthProcess } from './auth-process.js';
import { startAuthServerOn } from './auth-server.js';
import { HttpClient } from './http-client.js';
import { teardown, closeAfterTests } from './teardown.js';
import { createDatabase, ORIGIN, settings } from './environment.js';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createDatabase();
  db = connectDatabase({ url: database.url, poolSize: 4 });
  closeAfterTests(() => db.destroy());
});

afterAll(teardown);

interface Result {
  code: number | null;
  output: string;
  errors: string;
}

async function run(name: string, env: Record<string, string>, ...args: string[]): Promise<Result> {
  const child = await runProgram(`apps/auth/src/${name}.ts`, env, args);
  const [output, errors] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { code: child.exitCode, output, errors };
}

const schema = async () => {
  const { rows } = await sql<{ name: string }>`
    select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'auth'
    union all select trigger_name from information_schema.triggers where trigger_schema = 'auth'
    union all select indexname from pg_indexes where schemaname = 'auth'
    order by 1`.execute(db);
  return rows.map(({ name }) => name);
};

const kids = async () => {
  const { rows } = await sql<{ id: string }>`select id from auth.jwks order by "expiresAt"`.execute(db);
  return rows.map(({ id }) => id);
};

describe('migrate', () => {
  it('makes everything once, from four places at once', async () => {
    const before = await schema();
    await sql`drop schema auth cascade`.execute(db);
    const places = [1, 2, 3, 4];
    await Promise.all(places.map(() => sql`select pg_sleep(0.1)`.execute(db)));
    const made = await Promise.all(places.map(() => migrate(db)));
    expect(made.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await schema()).toEqual(before);
    expect(before).toEqual(expect.arrayContaining(['user.email', 'jwks.privateKey', 'owe_erasure']));
  });

  it('has nothing to do the second time', async () => {
    expect(await migrate(db)).toEqual([]);
  });

  it('keeps what is there', async () => {
    await sql`
      insert into auth."user" (id, name, email, "emailVerified") values ('kept', 'ada', 'kept@example.com', true)
    `.execute(db);
    await sql`alter table auth."user" drop column image`.execute(db);
    await sql`delete from auth.migrations`.execute(db);
    await sql`drop trigger owe_erasure on auth."user"; `.execute(db);
    await sql`drop function auth.owe_erasure`.execute(db);
    await sql`drop table auth.erasures`.execute(db);
    expect(await migrate(db)).toEqual(['user', '0001-create-erasures']);
    const { rows } = await sql`select id, image from auth."user"`.execute(db);
    expect(rows).toEqual([{ id: 'kept', image: null }]);
    await sql`delete from auth."user"`.execute(db);
  });
});

describe('seed', () => {
  const demo = { email: 'demo@example.com', password: 'demo-password' };

  it('makes no demo user in production', async () => {
    const { code, errors } = await run('seed', settings(database.url, { NODE_ENV: 'production' }));
    expect(code).toBe(1);
    expect(errors).toContain('must be development');
  });

  it('makes one that can sign in, and only once', async () => {
    const made = await findOrCreateDemoUser(db, 'none', { ifEmpty: true });
    expect(made).toEqual({ created: true, id: expect.any(String), ...demo });
    expect(await findOrCreateDemoUser(db, 'none', { ifEmpty: true })).toEqual({ ...made, created: false });

    const server = await startAuthServerOn(database.url, { REQUIRE_EMAIL_VERIFICATION: 'true' });
    expect((await server.browser().post('/api/auth/sign-in/email', demo)).status).toBe(200);
  });

  it('leaves alone a system that has other users', async () => {
    await sql`update auth."user" set email = 'somebody@example.com'`.execute(db);
    expect(await findOrCreateDemoUser(db, 'none', { ifEmpty: true })).toEqual({ created: false });
  });
});

describe('rotate-keys', () => {
  it('does not make a key that the auth server cannot read', async () => {
    const before = await kids();
    expect(before).toHaveLength(1);
    const { code, errors } = await run('rotate-keys', {
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: 'not-the-one-of-the-auth-server-0123456789',
    });
    expect(code).toBe(1);
    expect(errors).toMatch(/^BETTER_AUTH_SECRET is not the one .*\n$/);
    expect(await kids()).toEqual(before);
  });

  it('makes a new key, and removes the old ones where told to', async () => {
    const before = await kids();
    const { AUTH_DATABASE_URL = '', BETTER_AUTH_SECRET = '' } = settings(database.url);
    const { code } = await run('rotate-keys', { AUTH_DATABASE_URL, BETTER_AUTH_SECRET }, '--revoke');
    expect(code).toBe(0);
    const after = await kids();
    expect(after).toHaveLength(1);
    expect(before).not.toContain(after[0]);
  });
});

describe('the server', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startAuthProcess(database.url, { LOG_LEVEL: 'debug' });
  });

  it.each([
    ['malformed JSON', '{"email":'],
    ['no body', undefined],
  ])('answers %s with 400', async (_case, body) => {
    const browser = new HttpClient(server.url, { origin: ORIGIN, 'content-type': 'application/json' });
    expect((await browser.post('/api/auth/sign-in/email', body)).status).toBe(400);
  });

  it('writes neither passwords, nor tokens, nor cookies to its log', async () => {
    const browser = new HttpClient(server.url, { origin: ORIGIN });
    const user = { name: 'ada', email: 'log@example.com', password: 'a-secret-password' };
    await browser.post('/api/auth/sign-up/email', user);
    await browser.post('/api/auth/sign-up/email', user);
    await browser.post('/api/auth/sign-in/email', { ...user, password: 'a-wrong-password' });
    await browser.get('/api/auth/verify-email?token=a-secret-token');
    await browser.post('/api/auth/reset-password?token=a-secret-token', { newPassword: 'a-new-password' });
    const { body } = await browser.get('/api/auth/token');
    const log = server.output();
    expect(log).toContain('/api/auth/sign-in/email');
    for (const secret of [...browser.cookies.values(), body.token, 'a-secret', 'a-wrong', 'a-new-password']) {
      expect(log).not.toContain(secret);
    }
  });

  it('shows its connections among its metrics', async () => {
    const { body } = await new HttpClient(server.url, {}).get('/metrics');
    expect(body).toMatch(/^database_connections\{state="idle"\} [1-9]/m);
  });

  it('ends with 0 when told to', async () => {
    expect(await server.stop()).toBe(0);
  });

  it('does not start with values missing or wrong, and names them', async () => {
    const { code, errors } = await run('main', {
      AUTH_DATABASE_URL: 'mysql://x',
      BETTER_AUTH_SECRET: 'secret-but-short',
      REQUIRE_EMAIL_VERIFICATION: 'yes',
    });
    expect(code).toBe(1);
    for (const name of [
      'AUTH_DATABASE_URL',
      'BETTER_AUTH_URL',
      'BETTER_AUTH_SECRET',
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'REQUIRE_EMAIL_VERIFICATION',
    ]) {
      expect(errors).toContain(name);
    }
    expect(errors).not.toMatch(/secret-but-short|mysql| {4}at /);
  });

  it('says in one sentence that there are no tables', async () => {
    await sql`drop schema auth cascade`.execute(db);
    const sentence = 'The tables of the auth server are missing or not up to date. Run: npm run db:migrate';
    await expect(startAuthServerOn(database.url)).rejects.toMatchObject({
      message: sentence,
      stack: sentence,
    });
  });
});

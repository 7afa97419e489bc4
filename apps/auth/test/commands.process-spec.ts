import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { LockTimeoutError } from '@app/server/postgres';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { sql } from 'kysely';
import pg from 'pg';
import type { TestDatabase } from '../../../tools/test/database.js';
import { findOrCreateDemoUser } from '../src/better-auth/demo-user.js';
import { connectDatabase, type Database } from '../src/database/database.js';
import { createErasures } from '../src/database/migrations/0001-create-erasures.js';
import { migrations as allMigrations } from '../src/database/migrations/index.js';
import { migrate } from '../src/database/migrator.js';
import { runProgram, type ServerProcess, startAuthProcess } from './auth-process.js';
import { startAuthServerOn } from './auth-server.js';
import { createDatabase, ORIGIN, PASSWORD, testEnvironment } from './environment.js';
import { FakeApi } from './fake-api.js';
import { HttpClient } from './http-client.js';
import { closeAfterTests, teardown } from './teardown.js';
import { waitUntil } from './wait-until.js';

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
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'auth'
    UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = 'auth'
    UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'auth'
    ORDER BY 1`.execute(db);
  return rows.map(({ name }) => name);
};

const kids = async () => {
  const { rows } = await sql<{ id: string }>`SELECT id FROM auth.jwks ORDER BY "expiresAt"`.execute(db);
  return rows.map(({ id }) => id);
};

describe('migrate', () => {
  it('migrates once when four migrations run at the same time', async () => {
    const before = await schema();
    await sql`DROP SCHEMA auth CASCADE`.execute(db);
    const runs = [1, 2, 3, 4];
    await Promise.all(runs.map(() => sql`SELECT pg_sleep(0.1)`.execute(db)));
    const results = await Promise.all(runs.map(() => migrate(db)));
    expect(results.filter(({ tables }) => tables.length > 0)).toHaveLength(1);
    expect(results.filter(({ migrations }) => migrations.length > 0)).toHaveLength(1);
    expect(await schema()).toEqual(before);
    expect(before).toEqual(
      expect.arrayContaining(['user.email', 'jwks.privateKey', 'enqueue_account_deletion']),
    );
  });

  it('changes nothing the second time', async () => {
    expect(await migrate(db)).toEqual({ tables: [], migrations: [] });
  });

  it('restores a missing column and missing migrations, and keeps existing rows', async () => {
    await sql`
      INSERT INTO auth."user" (id, name, email, "emailVerified") VALUES ('kept', 'ada', 'kept@example.com', true)
    `.execute(db);
    await sql`ALTER TABLE auth."user" DROP COLUMN image`.execute(db);
    await sql`DELETE FROM auth.migrations`.execute(db);
    await sql`DROP FUNCTION auth.enqueue_account_deletion CASCADE`.execute(db);
    await sql`DROP FUNCTION auth.reject_reserved_email CASCADE`.execute(db);
    await sql`
      DROP INDEX auth.account_provider_key, auth.user_admin_idx, auth.user_created_at_idx,
        auth.user_email_prefix_idx, auth.user_name_prefix_idx`.execute(db);
    await sql`
      DROP TABLE auth.account_deletions, auth.emails, auth.email_changes, auth.email_restore_links, auth.bans,
        auth.audit_log, auth.personal_tokens`.execute(db);
    expect(await migrate(db)).toEqual({
      tables: ['user'],
      migrations: allMigrations.map(({ name }) => name),
    });
    const { rows } = await sql`SELECT id, image FROM auth."user"`.execute(db);
    expect(rows).toEqual([{ id: 'kept', image: null }]);
    await sql`DELETE FROM auth."user"`.execute(db);
  });

  it('gives up if a session keeps a table locked, names the session, and can run again', async () => {
    await sql`ALTER TABLE auth."user" DROP COLUMN image`.execute(db);
    const log = jest.spyOn(console, 'error').mockImplementation(() => {});
    const report = new pg.Client({ connectionString: database.url, application_name: 'report-writer' });
    await report.connect();
    await report.query('BEGIN');
    await report.query(`SELECT 1 FROM auth."user" WHERE email = 'hunter2@example.com'`);
    const error = await migrate(db, [0]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LockTimeoutError);
    const { message } = error as Error;
    expect(message).toContain('auth: the migration got no lock within 1 s. It is held by process');
    expect(message).toContain('application "report-writer"');
    expect(message).not.toMatch(/hunter2|SELECT/);
    expect(log).toHaveBeenCalledTimes(1);
    await report.end();
    log.mockRestore();
    expect((await migrate(db)).tables).toEqual(['user']);
  });

  it('makes the column issuer optional, which Better Auth 1.7.0 to 1.7.2 required', async () => {
    await sql`ALTER TABLE auth.account ADD COLUMN issuer text NOT NULL`.execute(db);
    await expect(startAuthServerOn(database.url)).rejects.toThrow(/out of date. Run: npm run db:migrate$/);
    expect(await migrate(db)).toEqual({ tables: ['account'], migrations: [] });
    expect(await migrate(db)).toEqual({ tables: [], migrations: [] });

    const server = await startAuthServerOn(database.url);
    const user = { email: 'new@example.com', password: PASSWORD, name: 'ada' };
    const client = new HttpClient(server.url, { origin: ORIGIN });
    expect((await client.post('/api/auth/sign-up/email', user)).status).toBe(200);
    await server.close();
    await sql`ALTER TABLE auth.account DROP COLUMN issuer`.execute(db);
    await sql`DELETE FROM auth."user"`.execute(db);
    await sql`DELETE FROM auth.account_deletions`.execute(db);
  });

  it('names a required column that Better Auth does not write, and changes nothing', async () => {
    await sql`ALTER TABLE auth."user" ADD COLUMN phone text NOT NULL, DROP COLUMN image`.execute(db);
    const finding = 'Column "phone" on table "user" is required but Better Auth never writes it';
    const { code, errors } = await run('migrate', { AUTH_DATABASE_URL: database.url });
    expect(code).toBe(1);
    expect(errors).toContain(finding);
    expect(errors).not.toContain('at async');
    expect(await schema()).not.toContain('user.image');

    await sql`ALTER TABLE auth."user" ADD COLUMN image text`.execute(db);
    await expect(startAuthServerOn(database.url)).rejects.toThrow(finding);
    await sql`ALTER TABLE auth."user" DROP COLUMN phone`.execute(db);
  });

  it('names a required column that it cannot add to existing rows', async () => {
    await sql`INSERT INTO auth.jwks (id, "publicKey", "privateKey", "createdAt") VALUES ('old', '{}', '{}', now())`.execute(
      db,
    );
    await sql`ALTER TABLE auth.jwks DROP COLUMN "privateKey"`.execute(db);
    const { code, errors } = await run('migrate', { AUTH_DATABASE_URL: database.url });
    expect(code).toBe(1);
    expect(errors).toContain('Cannot add required column "privateKey" to populated table "jwks"');
    expect(errors).not.toContain('at async');
    await sql`DELETE FROM auth.jwks`.execute(db);
    expect(await migrate(db)).toEqual({ tables: ['jwks'], migrations: [] });
  });

  it('keeps queued account deletions when it renames their table', async () => {
    await sql`DROP FUNCTION auth.enqueue_account_deletion CASCADE`.execute(db);
    await sql`DROP TABLE auth.account_deletions`.execute(db);
    await sql.raw(createErasures.sql).execute(db);
    await sql`DELETE FROM auth.migrations WHERE name = '0002-rename-erasures-to-account-deletions'`.execute(
      db,
    );
    await sql`INSERT INTO auth.erasures (user_id, attempts) VALUES ('queued', 3)`.execute(db);

    expect(await migrate(db)).toEqual({
      tables: [],
      migrations: ['0002-rename-erasures-to-account-deletions'],
    });
    await sql`
      INSERT INTO auth."user" (id, name, email, "emailVerified")
      VALUES ('deleted', 'ada', 'deleted@example.com', true)`.execute(db);
    await sql`DELETE FROM auth."user" WHERE id = 'deleted'`.execute(db);
    const { rows } = await sql`
      SELECT user_id, attempts FROM auth.account_deletions ORDER BY user_id`.execute(db);
    expect(rows).toEqual([
      { user_id: 'deleted', attempts: 0 },
      { user_id: 'queued', attempts: 3 },
    ]);
    expect((await schema()).filter((name) => /erasure/.test(name))).toEqual([]);

    const api = await FakeApi.start();
    const server = await startAuthServerOn(database.url, { API_INTERNAL_URL: api.url });
    api.jwksUrl = `${server.url}/.well-known/jwks.json`;
    await waitUntil(() => api.deletedUsers.length === 2);
    expect(api.deletedUsers.toSorted()).toEqual(['deleted', 'queued']);
    await server.close();
    await sql`DELETE FROM auth.account_deletions`.execute(db);
  });
});

describe('seed', () => {
  const demo = { email: 'demo@example.com', password: 'demo-password' };

  it('rejects NODE_ENV=production', async () => {
    const { code, errors } = await run('seed', testEnvironment(database.url, { NODE_ENV: 'production' }));
    expect(code).toBe(1);
    expect(errors).toContain('must be development');
  });

  it('creates a demo user who can sign in, and only one', async () => {
    const created = await findOrCreateDemoUser(db, 'none', { ifEmpty: true });
    expect(created).toEqual({ created: true, id: expect.any(String), ...demo });
    expect(await findOrCreateDemoUser(db, 'none', { ifEmpty: true })).toEqual({ ...created, created: false });

    const server = await startAuthServerOn(database.url, { REQUIRE_EMAIL_VERIFICATION: 'true' });
    expect((await server.client().post('/api/auth/sign-in/email', demo)).status).toBe(200);
    await server.close();
  });

  it('creates no demo user if there are other users', async () => {
    await sql`UPDATE auth."user" SET email = 'somebody@example.com'`.execute(db);
    expect(await findOrCreateDemoUser(db, 'none', { ifEmpty: true })).toEqual({ created: false });
  });
});

describe('admin', () => {
  const admin = (...args: string[]) => run('admin', { DATABASE_URL: database.url }, ...args);
  const readAuditLog = async () => {
    const { rows } = await sql`
      SELECT action, actor_id, actor_email, user_id, user_email, reason, banned_until FROM auth.audit_log ORDER BY id
    `.execute(db);
    return rows;
  };

  beforeAll(async () => {
    await sql`DELETE FROM auth."user"`.execute(db);
    await sql`DELETE FROM auth.audit_log`.execute(db);
    await sql`
      INSERT INTO auth."user" (id, name, email, "emailVerified", "createdAt") VALUES
        ('ada', 'Ada', 'ada@example.com', false, '2026-01-01'),
        ('bob', 'Bob', 'bob@example.com', true, '2026-01-02')`.execute(db);
  });

  it('makes the first administrator, and warns about an address that is not verified', async () => {
    const { code, output } = await admin('grant', 'Ada@example.com', '--reason', 'first');
    expect([code, output]).toEqual([
      0,
      'Ada@example.com is an administrator. They get the role with their next token.\n' +
        'The email address is not verified. Make sure that this account belongs to the user you mean.\n',
    ]);
    expect((await admin('verify', 'ada@example.com')).code).toBe(0);
    const common = {
      actor_id: null,
      actor_email: null,
      user_id: 'ada',
      user_email: 'ada@example.com',
      banned_until: null,
    };
    expect(await readAuditLog()).toEqual([
      { ...common, action: 'grant', reason: 'first' },
      { ...common, action: 'verify', reason: null },
    ]);
  });

  it('lists users, and finds them', async () => {
    expect((await admin('ban', 'bob@example.com', '--until', '2100-12-31')).code).toBe(0);
    const [ada, bob] = [
      '2026-01-01  ada@example.com  admin\n',
      '2026-01-02  bob@example.com  banned until 2100-12-31T00:00:00.000Z\n',
    ];
    expect(await admin('list')).toMatchObject({ code: 0, output: bob + ada });
    expect(await admin('list', 'ada')).toMatchObject({ code: 0, output: ada });
    expect((await admin('list', 'carol')).output).toBe('No email address or name begins with "carol".\n');
  });

  it('says if there is nothing to change, and records nothing', async () => {
    const before = await readAuditLog();
    const { code, output } = await admin('grant', 'ada@example.com');
    expect([code, output]).toEqual([0, 'ada@example.com is already an administrator.\n']);
    expect(await readAuditLog()).toEqual(before);
  });

  it('prints its usage with --help', async () => {
    expect(await admin('--help')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Usage: npm run/),
    });
  });

  it('keeps the last administrator', async () => {
    expect(await admin('ungrant', 'ada@example.com')).toMatchObject({
      code: 1,
      errors: 'This is the last administrator who can sign in. Make another user an administrator first.\n',
    });
  });

  it('ends sessions and bans, and deletes users', async () => {
    await sql`
      INSERT INTO auth.session (id, token, "userId", "expiresAt", "updatedAt")
      VALUES ('s', 's', 'bob', now() + INTERVAL '1 day', now())`.execute(db);
    expect((await admin('unban', 'bob@example.com')).code).toBe(0);
    expect((await admin('sign-out', 'bob@example.com')).code).toBe(0);
    expect((await sql`SELECT FROM auth.session`.execute(db)).rows).toEqual([]);
    expect((await admin('delete', 'bob@example.com')).code).toBe(0);
    const { rows } = await sql`SELECT user_id FROM auth.account_deletions WHERE user_id = 'bob'`.execute(db);
    expect(rows).toHaveLength(1);
    expect((await admin('grant', 'bob@example.com')).errors).toBe(
      'No user has the email address bob@example.com. To find one: npm run auth:admin -- list\n',
    );
  });

  it('prints the error and its usage, and changes nothing', async () => {
    const before = await readAuditLog();
    const { code, errors } = await admin('ban', 'ada@example.com', '--until', 'tomorrow');
    expect(code).toBe(1);
    expect(errors).toMatch(/^--until must be a date.*\n\nUsage: npm run auth:admin -- COMMAND\n/);
    expect(errors).not.toContain('    at ');
    expect(await readAuditLog()).toEqual(before);
  });
});

describe('rotate-keys', () => {
  it('fails and keeps the key if BETTER_AUTH_SECRET differs', async () => {
    const before = await kids();
    expect(before).toHaveLength(1);
    const { code, errors } = await run('rotate-keys', {
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: 'another-secret-than-the-auth-server-0123456789',
    });
    expect(code).toBe(1);
    expect(errors).toMatch(/^The signing key was encrypted with a different BETTER_AUTH_SECRET\. .*\n$/);
    expect(await kids()).toEqual(before);
  });

  it('replaces the key after a change of the secret, and keeps tokens valid until they expire', async () => {
    const { AUTH_DATABASE_URL = '' } = testEnvironment(database.url);
    const BETTER_AUTH_SECRET = 'a-new-secret-for-the-auth-server-0123456789';
    const before = await startAuthServerOn(database.url, { NODE_ENV: 'production' });
    const { client, email } = await before.signUp('ada');
    const { token } = (await client.get('/api/auth/token')).body;
    await before.close();

    const rotation = await run('rotate-keys', { AUTH_DATABASE_URL, BETTER_AUTH_SECRET }, '--secret-changed');
    expect(rotation).toMatchObject({ code: 0, errors: '' });
    const after = await startAuthServerOn(database.url, { NODE_ENV: 'production', BETTER_AUTH_SECRET });
    const accepts = async (jwt: string) =>
      jwtVerify(jwt, createLocalJWKSet((await after.client().get('/.well-known/jwks.json')).body)).then(
        () => true,
        () => false,
      );
    expect(await accepts(token)).toBe(true);

    const signedIn = after.client();
    for (const [name, value] of client.cookies) {
      signedIn.cookies.set(name, value);
    }
    expect((await signedIn.get('/api/auth/token')).status).toBe(401);
    expect((await signedIn.post('/api/auth/sign-in/email', { email, password: PASSWORD })).status).toBe(200);
    const { body } = await signedIn.get('/api/auth/token');
    expect(await accepts(body.token)).toBe(true);
    await after.close();
  });

  it('creates a new key, and deletes the old ones with --revoke', async () => {
    const before = await kids();
    const { AUTH_DATABASE_URL = '', BETTER_AUTH_SECRET = '' } = testEnvironment(database.url);
    const rotation = await run('rotate-keys', { AUTH_DATABASE_URL, BETTER_AUTH_SECRET }, '--revoke');
    expect(rotation).toMatchObject({ code: 0, errors: '' });
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
  ])('returns 400 for %s', async (_case, body) => {
    const client = new HttpClient(server.url, { origin: ORIGIN, 'content-type': 'application/json' });
    expect((await client.post('/api/auth/sign-in/email', body)).status).toBe(400);
  });

  it('logs no passwords, tokens or cookies', async () => {
    const client = new HttpClient(server.url, { origin: ORIGIN });
    const user = { name: 'ada', email: 'log@example.com', password: 'a-secret-password' };
    await client.post('/api/auth/sign-up/email', user);
    await client.post('/api/auth/sign-up/email', user);
    await client.post('/api/auth/sign-in/email', { ...user, password: 'a-wrong-password' });
    await client.get('/api/auth/verify-email?token=a-secret-token');
    await client.post('/api/auth/reset-password?token=a-secret-token', { newPassword: 'a-new-password' });
    const { body } = await client.get('/api/auth/token');
    const log = server.output();
    expect(log).toContain('/api/auth/sign-in/email');
    for (const secret of [...client.cookies.values(), body.token, 'a-secret', 'a-wrong', 'a-new-password']) {
      expect(log).not.toContain(secret);
    }
  });

  it('exports the number of database connections as a metric', async () => {
    const { body } = await new HttpClient(server.url, {}).get('/metrics');
    expect(body).toMatch(/^database_connections\{state="idle"\} [1-9]/m);
  });

  it('exits with 0 on SIGTERM', async () => {
    expect(await server.stop()).toBe(0);
  });

  it('names missing and invalid environment variables, and exits with 1', async () => {
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

  it.each([
    ['BETTER_AUTH_SECRETS', '1:x', 'BETTER_AUTH_SECRETS is not supported. Set BETTER_AUTH_SECRET.'],
    [
      'BETTER_AUTH_SECRETS',
      '2:a-new-secret-of-32-characters-0123456789,1:an-old-secret-of-32-characters-012345678',
      'BETTER_AUTH_SECRETS is not supported. Set BETTER_AUTH_SECRET.',
    ],
    [
      'BETTER_AUTH_TRUSTED_ORIGINS',
      'https://evil.example',
      'BETTER_AUTH_TRUSTED_ORIGINS is not supported. Set AUTH_TRUSTED_ORIGINS.',
    ],
    ['BETTER_AUTH_TELEMETRY', '1', 'BETTER_AUTH_TELEMETRY must be false. This server sends no telemetry.'],
    ['AUTH_TRUSTED_ORIGINS', 'https://*.example', 'AUTH_TRUSTED_ORIGINS must be an origin'],
  ])('does not start with %s=%s', async (name, value, message) => {
    const { code, errors } = await run('main', testEnvironment(database.url, { [name]: value }));
    expect(code).toBe(1);
    expect(errors).toContain(message);
    expect(errors).not.toContain(value);
  });

  it.each(['seed', 'rotate-keys'])('does not run %s with several secrets', async (name) => {
    const { code, errors } = await run(name, testEnvironment(database.url, { BETTER_AUTH_SECRETS: '1:x' }));
    expect(code).toBe(1);
    expect(errors).toContain('BETTER_AUTH_SECRETS is not supported.');
  });

  it('fails to start without its tables, and prints no stack trace', async () => {
    await sql`DROP SCHEMA auth CASCADE`.execute(db);
    const message = "The auth server's tables are missing or out of date. Run: npm run db:migrate";
    await expect(startAuthServerOn(database.url)).rejects.toMatchObject({
      message,
      stack: message,
    });
    const { code, errors } = await run('admin', { DATABASE_URL: database.url }, 'list');
    expect([code, errors]).toEqual([1, `${message}\n`]);
  });
});

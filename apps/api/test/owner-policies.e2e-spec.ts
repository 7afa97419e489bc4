import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { dropDatabase, queryOnce, withDatabase } from '../../../tools/test/test-databases.js';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { revertLastMigration, runPendingMigrations } from '../src/database/migrator.js';
import { startApi } from './running-api.js';

const serverUrl = process.env.TEST_SERVER_URL!;
const newName = () => `${process.env.TEST_RUN}_${randomBytes(6).toString('hex')}`;

async function connect(url: string): Promise<DataSource> {
  return new DataSource(
    dataSourceOptions({ url, poolSize: 3, preparedStatements: false, timeouts: false }),
  ).initialize();
}

async function findRoles(name: string): Promise<string[]> {
  const rows = await queryOnce<{ rolname: string }>(
    serverUrl,
    `SELECT rolname FROM pg_roles WHERE rolname LIKE '${name}%' ORDER BY rolname`,
  );
  return rows.map(({ rolname }) => rolname);
}

describe('the role of owner scopes', () => {
  it('belongs to one database, has no login, and is dropped with the last migration that needs it', async () => {
    const names = [newName(), newName()];
    const sources = [];
    for (const name of names) {
      await queryOnce(serverUrl, `CREATE DATABASE ${name}`);
      sources.push(await connect(withDatabase(serverUrl, name)));
    }
    try {
      await Promise.all(sources.map((source) => runPendingMigrations(source)));
      for (const name of names) {
        expect(await findRoles(name)).toEqual([`${name}_owner_scope`]);
      }
      const [role] = await queryOnce(
        serverUrl,
        `SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles
         WHERE rolname = '${names[0]}_owner_scope'`,
      );
      expect(new Set(Object.values(role!))).toEqual(new Set([false]));
      while ((await revertLastMigration(sources[0]!)) !== undefined) {
        // Reverts all of them.
      }
      expect(await findRoles(names[0]!)).toEqual([]);
      expect(await runPendingMigrations(sources[0]!)).toContain('CreateOwnerScope1764000004000');
    } finally {
      await Promise.all(sources.map((source) => source.destroy()));
      for (const name of names) {
        await dropDatabase(serverUrl, name);
      }
    }
  });

  it('survives several migrations at once', async () => {
    const name = newName();
    await queryOnce(serverUrl, `CREATE DATABASE ${name}`);
    const sources = await Promise.all([1, 2, 3].map(() => connect(withDatabase(serverUrl, name))));
    try {
      const migrations = await Promise.all(sources.map((source) => runPendingMigrations(source)));
      expect(migrations.flat().filter((migration) => migration.startsWith('CreateOwnerScope'))).toHaveLength(
        1,
      );
    } finally {
      await Promise.all(sources.map((source) => source.destroy()));
      await dropDatabase(serverUrl, name);
    }
  });

  it('must not be a member of another role, whose rights it would have', async () => {
    const name = newName();
    const url = withDatabase(serverUrl, name);
    await queryOnce(serverUrl, `CREATE DATABASE ${name}`);
    await queryOnce(serverUrl, `CREATE ROLE ${name}`);
    const source = await connect(url);
    try {
      await runPendingMigrations(source);
      await source.query(`GRANT ${name} TO ${name}_owner_scope`);
      await expect(startApi({ DATABASE_URL: url })).rejects.toThrow('is a member of another role');
      await source.query(`REVOKE ${name} FROM ${name}_owner_scope`);
      const api = await startApi({ DATABASE_URL: url });
      await expect(api.close()).resolves.toBeUndefined();
    } finally {
      await source.destroy();
      await dropDatabase(serverUrl, name);
      await queryOnce(serverUrl, `DROP ROLE ${name}`);
    }
  });

  it('is created by an administrator where the migration may not do it', async () => {
    const name = newName();
    const url = new URL(withDatabase(serverUrl, name));
    const [{ user }] = (await queryOnce<{ user: string }>(serverUrl, 'SELECT current_user AS user')) as [
      { user: string },
    ];
    await queryOnce(serverUrl, `CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
    await queryOnce(serverUrl, `GRANT ${name} TO ${user}`);
    await queryOnce(serverUrl, `CREATE DATABASE ${name} OWNER ${name}`);
    url.username = url.password = name;
    const source = await connect(url.href);
    try {
      const error = (await runPendingMigrations(source).catch((reason: unknown) => reason)) as Error;
      expect(error.message).toContain('Run these statements once as an administrator');
      expect(error.stack).toBe(error.message);
      const statements = error.message.match(/^ {2}.*;$/gm)!;
      expect(statements).toHaveLength(2);
      for (const statement of statements) {
        await queryOnce(serverUrl, statement);
      }
      expect(await runPendingMigrations(source)).toContain('CreateOwnerScope1764000004000');
    } finally {
      await source.destroy();
      await dropDatabase(serverUrl, name);
    }
  });
});

describe('the start of the api', () => {
  let database: TestDatabase;
  let administrator: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    administrator = new pg.Client(database.url);
    await administrator.connect();
  });

  afterAll(async () => {
    await administrator.end();
    await database.drop();
  });

  const scope = (statement: string) =>
    `DO $do$ BEGIN EXECUTE format('${statement.replaceAll("'", "''")}', owner_scope_role()); END $do$`;

  it.each([
    [
      'a table without row-level security',
      'ALTER TABLE tasks DISABLE ROW LEVEL SECURITY',
      'row-level security is off',
    ],
    ['a table without the policy', 'DROP POLICY owner_scope ON tasks', 'its policies are not exactly'],
    ['another policy', 'ALTER POLICY owner_scope ON tasks USING (true)', 'its policies are not exactly'],
    [
      'a policy for every role',
      'ALTER POLICY owner_scope ON tasks TO PUBLIC',
      'its policies are not exactly',
    ],
    ['a second policy', 'CREATE POLICY everything ON tasks USING (true)', 'its policies are not exactly'],
    [
      'too many rights',
      scope('GRANT TRUNCATE ON tasks TO %I'),
      'a scope may DELETE, INSERT, SELECT, TRUNCATE, UPDATE',
    ],
    [
      'rights of all roles',
      'GRANT TRUNCATE ON tasks TO PUBLIC',
      'a scope may DELETE, INSERT, SELECT, TRUNCATE, UPDATE',
    ],
    ['too few rights', scope('REVOKE SELECT ON tasks FROM %I'), 'a scope may DELETE, INSERT, UPDATE'],
    [
      'rights on internal tables',
      scope('GRANT SELECT ON owner_usage TO %I'),
      'a scope may SELECT instead of nothing',
    ],
    ['rights on other tables', scope('GRANT SELECT ON migrations TO %I'), 'REVOKE ALL ON migrations'],
    [
      'rights on a view',
      `CREATE VIEW v AS TABLE tasks; ${scope('GRANT SELECT ON v TO %I')}`,
      'REVOKE ALL ON v',
    ],
    [
      'rights of all roles on a view',
      'CREATE VIEW v AS TABLE tasks; GRANT SELECT ON v TO PUBLIC',
      'REVOKE ALL ON v',
    ],
    [
      'rights on a column of an internal table',
      scope('GRANT SELECT (owner_id) ON owner_usage TO %I'),
      'a scope may SELECT instead of nothing',
    ],
    ['a missing table', 'ALTER TABLE tasks RENAME TO renamed', 'tasks: it does not exist'],
    [
      'a database without migrations',
      'ALTER FUNCTION owner_scope_role RENAME TO renamed',
      'Run: npm run db:migrate',
    ],
  ])('rejects %s', async (_, change, message) => {
    const copy = await createTestDatabase();
    try {
      const client = new pg.Client(copy.url);
      await client.connect();
      await client.query(change);
      await client.end();
      await expect(startApi({ DATABASE_URL: copy.url })).rejects.toThrow(message);
    } finally {
      await copy.drop();
    }
  });

  it('accepts reading shared tables, and views with security_invoker', async () => {
    await administrator.query(`CREATE VIEW own_tasks WITH (security_invoker = true) AS TABLE tasks`);
    await administrator.query(scope('GRANT SELECT ON own_tasks TO %I'));
    const api = await startApi({ DATABASE_URL: database.url });
    await expect(api.close()).resolves.toBeUndefined();
  });
});

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import getPort from 'get-port';
import { compile } from '../compile.js';
import { type EmbeddedPostgres, startThrowawayPostgres } from '../postgres/embedded-postgres.js';
import { superuser } from '../postgres/cluster.js';
import { exitWithParent } from '../start/app.js';
import { withoutSettings } from './environment.js';
import { signUpForToken } from './sign-in.js';
import { queryOnce, withDatabase } from './test-databases.js';
import { waitUntilReady } from './wait-until-ready.js';

/** The api and the auth server with a role each, migrated by a third role. */

// Most tests start several processes.
jest.setTimeout(180_000);

const MIGRATIONS = ['apps/api/src/migrate.ts', 'apps/auth/src/migrate.ts'];

type Urls = Record<
  'DATABASE_URL' | 'AUTH_DATABASE_URL' | 'MIGRATION_DATABASE_URL' | 'ADMINISTRATOR_URL',
  string
>;

let postgres: EmbeddedPostgres;
beforeAll(async () => {
  postgres = await startThrowawayPostgres();
});
afterAll(() => postgres.stop());

describe.each([
  ['an empty database', 'app', async () => {}],
  ['a database whose tables belong to a superuser', superuser, migrateAs],
  ['a database whose tables belong to the migration role', 'app', migrateAs],
])('%s', (_, migrationRole, prepare) => {
  let urls: Urls;
  beforeAll(async () => {
    urls = await createDatabase(migrationRole);
    await prepare(urls.MIGRATION_DATABASE_URL);
  });

  it('is migrated by concurrent commands', async () => {
    for (const { code, errors } of await Promise.all([...MIGRATIONS, ...MIGRATIONS].map(runWith(urls)))) {
      expect([code, errors]).toEqual([0, '']);
    }
  });

  it('serves both apps', async () => {
    expect(await useApps(urls)).toBe(201);
  });

  it('gives each role its own schema and nothing of the other', async () => {
    const [api, auth] = [nameOf(urls.DATABASE_URL), nameOf(urls.AUTH_DATABASE_URL)];
    expect(await owners(urls, 'public')).toEqual([api]);
    expect(await owners(urls, 'auth')).toEqual([auth]);
    const denied = expect.objectContaining({ code: '42501' });
    await expect(queryOnce(urls.DATABASE_URL, 'SELECT FROM auth."user"')).rejects.toEqual(denied);
    await expect(queryOnce(urls.AUTH_DATABASE_URL, 'SELECT FROM public.tasks')).rejects.toEqual(denied);
    const rights = await queryOnce(
      urls.ADMINISTRATOR_URL,
      `SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin,
         has_schema_privilege(rolname, CASE rolname WHEN '${api}' THEN 'auth' ELSE 'public' END, 'USAGE') AS foreign_usage
       FROM pg_roles WHERE rolname IN ('${api}', '${auth}')`,
    );
    const none = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false };
    const expected = { ...none, rolcanlogin: true, foreign_usage: false };
    expect(rights).toEqual([expected, expected]);
  });

  it('gives tables of later migrations to the role of the app', async () => {
    const reverted = await run('tools/db/revert.ts', urls);
    expect(reverted).toMatchObject({ code: 0, output: expect.stringContaining('api: reverted ') });
    expect(await run(MIGRATIONS[0]!, urls)).toMatchObject({ code: 0, output: 'api: 1 migration run\n' });
    expect(await owners(urls, 'public')).toEqual([nameOf(urls.DATABASE_URL)]);
  });
});

it('prints the statements for an administrator if the migration role lacks a privilege', async () => {
  const urls = await createDatabase('unprivileged');
  for (const [index, variable] of (['DATABASE_URL', 'AUTH_DATABASE_URL'] as const).entries()) {
    const { code, errors } = await run(MIGRATIONS[index]!, urls);
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^The role in (AUTH_)?MIGRATION_DATABASE_URL may not .* administrator .*:\n( {2}.*;\n)+$/,
    );
    const { password } = new URL(urls[variable]);
    expect(errors).not.toContain(password);
    const statements = errors.slice(errors.indexOf('\n')).replace(`the password in ${variable}`, password);
    await queryOnce(urls.ADMINISTRATOR_URL, statements);
  }
  const { errors: scopeErrors } = await run(MIGRATIONS[0]!, urls);
  expect(scopeErrors).toMatch(/^The migration may not create the role of owner scopes.*:\n( {2}.*;\n)+$/);
  await queryOnce(urls.ADMINISTRATOR_URL, scopeErrors.slice(scopeErrors.indexOf('\n')));
  for (const migration of MIGRATIONS) {
    expect(await run(migration, urls)).toMatchObject({ code: 0, errors: '' });
  }
  expect(await useApps(urls)).toBe(201);
});

it('rejects a migration URL of another database', async () => {
  const urls = await createDatabase('app');
  const other = withDatabase(urls.MIGRATION_DATABASE_URL, 'app');
  expect(await run(MIGRATIONS[1]!, { ...urls, MIGRATION_DATABASE_URL: other })).toMatchObject({
    code: 1,
    errors: expect.stringMatching(
      /^MIGRATION_DATABASE_URL leads to the database "app", but AUTH_DATABASE_URL to .*\n$/,
    ),
  });
});

/** Creates a database that the role owns. The roles of the apps don't exist yet. */
async function createDatabase(migrationRole: string): Promise<Urls> {
  const suffix = randomBytes(6).toString('hex');
  const name = `Roles ${suffix}`;
  const server = urlFor(superuser, new URL(postgres.url).password, 'postgres');
  if (migrationRole === 'unprivileged') {
    await queryOnce(server, `CREATE ROLE unprivileged LOGIN PASSWORD '${new URL(postgres.url).password}'`);
  }
  await queryOnce(
    server,
    `CREATE DATABASE "${name}" OWNER ${migrationRole === 'unprivileged' ? 'app' : migrationRole}`,
  );
  return {
    DATABASE_URL: urlFor(`Api ${suffix}`, `api-${suffix}`, name),
    AUTH_DATABASE_URL: urlFor(`auth_${suffix}`, `auth-${suffix}`, name),
    MIGRATION_DATABASE_URL: urlFor(migrationRole, new URL(postgres.url).password, name),
    ADMINISTRATOR_URL: withDatabase(server, name),
  };
}

function urlFor(role: string, password: string, database: string): string {
  const url = new URL(withDatabase(postgres.url, database));
  return Object.assign(url, { username: role, password }).href;
}

const nameOf = (url: string) => decodeURIComponent(new URL(url).username);

/** Migrates with one role for everything. */
async function migrateAs(url: string): Promise<void> {
  for (const migration of MIGRATIONS) {
    expect(await run(migration, { DATABASE_URL: url })).toMatchObject({ code: 0 });
  }
  const insert = `INSERT INTO tasks (owner_id, id, title, created_at, updated_at) VALUES ('ada', gen_random_uuid(), 'Write', now(), now())`;
  await queryOnce(
    url,
    `${insert}; CREATE TYPE color AS ENUM ('red'); CREATE VIEW titles AS SELECT title FROM tasks`,
  );
}

/** Returns the owners of a schema and of everything in it, except for objects of extensions. */
async function owners({ ADMINISTRATOR_URL }: Urls, schema: string): Promise<string[]> {
  const rows = await queryOnce<{ owner: string }>(
    ADMINISTRATOR_URL,
    `SELECT DISTINCT pg_get_userbyid(owner) AS owner FROM (
       SELECT nspowner FROM pg_namespace WHERE nspname = '${schema}'
       UNION ALL SELECT relowner FROM pg_class WHERE relnamespace = '${schema}'::regnamespace
       UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = '${schema}'::regnamespace
         AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
       UNION ALL SELECT typowner FROM pg_type WHERE typnamespace = '${schema}'::regnamespace
         AND NOT EXISTS (SELECT FROM pg_depend WHERE objid IN (pg_type.oid, typelem) AND deptype = 'e')
     ) AS objects (owner)`,
  );
  return rows.map(({ owner }) => owner);
}

const runWith = (env: NodeJS.ProcessEnv) => (program: string) => run(program, env);

async function run(program: string, env: NodeJS.ProcessEnv) {
  const file = program.startsWith('tools/') ? ['tools/run.js', program] : [await compile(program)];
  const child = spawn(process.execPath, file, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutSettings(process.env), NODE_ENV: 'production', ...env },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, output, errors };
}

/** Starts both apps, signs a user up, creates a task and returns the status of the response. */
async function useApps({ DATABASE_URL, AUTH_DATABASE_URL }: Urls): Promise<number> {
  const [authPort, apiPort] = [await getPort(), await getPort()];
  const [auth, api] = [`http://localhost:${authPort}`, `http://localhost:${apiPort}`];
  const env = {
    ...withoutSettings(process.env),
    NODE_ENV: 'production',
    AUTH_PORT: String(authPort),
    API_PORT: String(apiPort),
    BETTER_AUTH_URL: auth,
    BETTER_AUTH_SECRET: randomBytes(32).toString('hex'),
    API_URL: api,
    AUTH_URL: auth,
    LOG_LEVEL: 'fatal',
  };
  const execArgv = ['--import', exitWithParent];
  const apps: ChildProcess[] = [
    fork(await compile('apps/auth/src/main.ts'), { execArgv, env: { ...env, AUTH_DATABASE_URL } }),
    fork(await compile('apps/api/src/main.ts'), { execArgv, env: { ...env, DATABASE_URL } }),
  ];
  try {
    await Promise.all([waitUntilReady(auth), waitUntilReady(api)]);
    const token = await signUpForToken(auth, auth, 'ada@example.com');
    const { status } = await fetch(`${api}/api/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Write' }),
    });
    return status;
  } finally {
    await Promise.all(
      apps.map(async (app) => {
        app.kill('SIGTERM');
        await once(app, 'exit');
      }),
    );
  }
}

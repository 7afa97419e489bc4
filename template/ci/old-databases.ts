import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import getPort from 'get-port';
import pg from 'pg';
import { compile } from '../../tools/compile.js';
import { type EmbeddedPostgres, startThrowawayPostgres } from '../../tools/postgres/embedded-postgres.js';
import { root } from '../../tools/project.js';
import { withoutSettings } from '../../tools/test/environment.js';
import { signInForToken, signUpForToken } from '../../tools/test/sign-in.js';
import { waitUntilReady } from '../../tools/test/wait-until-ready.js';
import { type CommandResult, run, show } from './commands.js';

/** Creates databases with older versions, migrates them with this version, and signs their user in. */

/** 1.7.0 to 1.7.2 created `account.issuer` as a required column. */
const betterAuthVersions = ['1.6.0', '1.6.34', '1.7.0', '1.7.2'];
/** A commit of the template before version 0.1.0. */
const oldTemplate = 'abbba9d';

/** The user that `signUpForToken` creates. */
const user = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' };
const secret = randomBytes(32).toString('hex');
const directory = mkdtempSync(join(tmpdir(), 'old-databases-'));
const own = { ...withoutSettings(process.env), NODE_ENV: undefined };

let postgres: EmbeddedPostgres;
before(async () => {
  postgres = await startThrowawayPostgres();
});
after(async () => {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
});

for (const version of betterAuthVersions) {
  describe(`a database of Better Auth ${version}`, () => {
    let url: string;
    before(async () => {
      const folder = join(directory, version);
      show('npm', [
        'install',
        '--silent',
        '--no-audit',
        '--no-fund',
        '--prefix',
        folder,
        `better-auth@${version}`,
      ]);
      url = await createDatabase(`better-auth-${version}`);
      await signUpWithBetterAuth(folder, url);
    });

    it('is migrated, and its user signs in', () => migrateAndSignIn({ DATABASE_URL: url }));
    it('moves to a role for each app, and its user signs in', () => migrateAndSignIn(rolesOf(url)));
  });
}

describe(`a database of the template at ${oldTemplate}`, () => {
  let url: string;
  before(async () => {
    const folder = join(directory, 'template');
    show('git', ['clone', '--quiet', root, folder]);
    show('git', ['checkout', '--quiet', oldTemplate], { cwd: folder });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    url = await createDatabase('template');
    equal(migrate({ DATABASE_URL: url }, folder).status, 0);
    const build = run('npx', ['nest', 'build', 'auth'], { cwd: folder });
    equal(build.status, 0, build.output);
    await withAuthServer({ DATABASE_URL: url }, join(folder, 'dist/apps/auth/src/main.js'), (auth) =>
      signUpForToken(auth, auth, user.email),
    );
  });

  it('is migrated, and its user signs in', () => migrateAndSignIn({ DATABASE_URL: url }));
  it('moves to a role for each app, and its user signs in', () => migrateAndSignIn(rolesOf(url)));
});

async function migrateAndSignIn(urls: NodeJS.ProcessEnv): Promise<void> {
  const { status, errors } = migrate(urls);
  equal(status, 0, errors);
  await withAuthServer(urls, await compile('apps/auth/src/main.ts'), async (auth) => {
    const payload = JSON.parse(
      Buffer.from((await signInForToken(auth, auth, user)).split('.')[1]!, 'base64url').toString(),
    ) as { email: string };
    equal(payload.email, user.email);
    await signUpForToken(auth, auth, `${randomBytes(6).toString('hex')}@example.com`);
  });
}

function migrate(urls: NodeJS.ProcessEnv, cwd?: string): CommandResult {
  return run('npm', ['run', '--silent', 'db:migrate'], { cwd, env: { ...own, ...urls } });
}

/** Creates the tables and the user with the Better Auth that is installed in the folder. */
async function signUpWithBetterAuth(folder: string, connectionString: string): Promise<void> {
  const load = createRequire(join(folder, 'package.json'));
  const importFrom = (name: string) => import(pathToFileURL(load.resolve(name)).href);
  const [{ betterAuth }, { getMigrations }, { jwt }] = await Promise.all(
    ['better-auth', 'better-auth/db/migration', 'better-auth/plugins'].map(importFrom),
  );
  await query(connectionString, 'CREATE SCHEMA auth');
  const pool = new pg.Pool({ connectionString, options: '-c search_path=auth' });
  const options = {
    baseURL: 'http://localhost',
    secret,
    database: pool,
    emailAndPassword: { enabled: true },
    plugins: [jwt({ jwks: { keyPairConfig: { alg: 'RS256', modulusLength: 2048 } } })],
  };
  await (await getMigrations(options)).runMigrations();
  const { api } = betterAuth(options);
  const { headers } = await api.signUpEmail({ body: user, returnHeaders: true });
  const cookie = headers.getSetCookie()[0].split(';')[0];
  await api.getToken({ headers: new Headers({ cookie }) });
  await pool.end();
}

async function withAuthServer(
  urls: NodeJS.ProcessEnv,
  program: string,
  action: (auth: string) => Promise<unknown>,
): Promise<void> {
  const port = await getPort();
  const auth = `http://localhost:${port}`;
  const env = {
    ...own,
    NODE_ENV: 'production',
    ...urls,
    AUTH_PORT: String(port),
    BETTER_AUTH_URL: auth,
    API_URL: auth,
    BETTER_AUTH_SECRET: secret,
    LOG_LEVEL: 'error',
  };
  const server = spawn(process.execPath, [program], { env, stdio: 'inherit' });
  try {
    await waitUntilReady(auth);
    await action(auth);
  } finally {
    server.kill('SIGKILL');
  }
}

/** Returns the same database with a role for each app. */
function rolesOf(url: string): NodeJS.ProcessEnv {
  const { pathname } = new URL(url);
  const [DATABASE_URL, AUTH_DATABASE_URL] = [postgres.appUrls.api, postgres.appUrls.auth].map(
    (appUrl) => Object.assign(new URL(appUrl), { pathname }).href,
  );
  return { DATABASE_URL, AUTH_DATABASE_URL, MIGRATION_DATABASE_URL: url };
}

async function createDatabase(name: string): Promise<string> {
  await query(postgres.url, `CREATE DATABASE "${name}"`);
  return Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href;
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql);
  await client.end();
}

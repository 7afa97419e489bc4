import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { compile } from '../compile.js';
import { type EmbeddedPostgres, startThrowawayPostgres } from '../postgres/embedded-postgres.js';
import { queryOnce } from './test-databases.js';

const programs = [
  'apps/api/src/main.ts',
  'apps/api/src/migrate.ts',
  'apps/api/src/seed/seed.ts',
  'apps/auth/src/main.ts',
  'apps/auth/src/migrate.ts',
  'apps/auth/src/seed.ts',
  'apps/auth/src/rotate-keys.ts',
  'apps/auth/src/admin.ts',
];

const requiredArguments: Record<string, string[]> = {
  'apps/api/src/seed/seed.ts': ['ada'],
  'apps/auth/src/admin.ts': ['list'],
};

let postgres: EmbeddedPostgres;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
});
afterAll(() => postgres.stop());

it.each([
  [
    'a wrong password',
    'a-secret-password',
    /^The database rejected the connection: password authentication .*\./,
  ],
  ['a missing password', '', /^The database requires a password\. /],
])(
  'every program says in one line that the URL has %s, and exits with 1',
  async (_, password, message) => {
    const url = new URL(postgres.url);
    url.password = password;
    await Promise.all(
      programs.map(async (program) => {
        const [code, output] = await run(program, url.href);
        expect([program, code, output.trim().split('\n').length]).toEqual([program, 1, 1]);
        expect(output).toMatch(message);
        expect(output).toContain('DATABASE_URL');
        expect(output).not.toMatch(/a-secret-password| {4}at /);
      }),
    );
  },
  60_000,
);

it.each([
  ['apps/api/src/migrate.ts', 'MIGRATION_DATABASE_URL'],
  ['apps/auth/src/migrate.ts', 'MIGRATION_DATABASE_URL'],
  ['apps/auth/src/migrate.ts', 'AUTH_MIGRATION_DATABASE_URL'],
  ['apps/auth/src/migrate.ts', 'AUTH_DATABASE_URL'],
  ['apps/auth/src/main.ts', 'AUTH_DATABASE_URL'],
  ['apps/auth/src/rotate-keys.ts', 'AUTH_DATABASE_URL'],
  ['apps/auth/src/admin.ts', 'AUTH_DATABASE_URL'],
])('%s names the variable whose URL is wrong: %s', async (program, variable) => {
  const url = new URL(postgres.url);
  url.password = 'wrong';
  const [code, output] = await run(program, postgres.url, { [variable]: url.href });
  expect([code, output]).toEqual([1, expect.stringContaining(`. Check ${variable}.`)]);
});

it('migrations do not advise to run the migrations if their role lacks a privilege', async () => {
  const url = new URL(postgres.url);
  const name = `p${randomBytes(4).toString('hex')}`;
  await queryOnce(postgres.url, `CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
  await queryOnce(postgres.url, `CREATE DATABASE ${name}`);
  Object.assign(url, { username: name, password: 'secret', pathname: `/${name}` });
  const [code, output] = await run('apps/auth/src/migrate.ts', url.href);
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/^The role in DATABASE_URL lacks a privilege: .*docs\/deploy\.md/),
  ]);
  expect(output).not.toContain('db:migrate');
});

async function run(
  program: string,
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<[number | null, string]> {
  const child = spawn(process.execPath, [await compile(program), ...(requiredArguments[program] ?? [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: program === 'apps/auth/src/seed.ts' ? 'development' : 'production',
      DATABASE_URL: databaseUrl,
      BETTER_AUTH_URL: 'http://app.test',
      BETTER_AUTH_SECRET: 'only-for-tests-and-for-nothing-else-0123456789',
      API_URL: 'http://api.test',
      JWKS_URL: 'http://app.test/jwks',
      SMTP_URL: 'smtp://127.0.0.1:9',
      ...env,
    },
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return [child.exitCode, output + errors];
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { compile } from '../compile.js';
import { type EmbeddedPostgres, startThrowawayPostgres } from '../postgres/embedded-postgres.js';

const programs = [
  'apps/api/src/main.ts',
  'apps/api/src/migrate.ts',
  'apps/api/src/seed/seed.ts',
  'apps/auth/src/main.ts',
  'apps/auth/src/migrate.ts',
  'apps/auth/src/seed.ts',
  'apps/auth/src/rotate-keys.ts',
];

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

async function run(program: string, databaseUrl: string): Promise<[number | null, string]> {
  const child = spawn(
    process.execPath,
    [await compile(program), ...(program.includes('api/src/seed') ? ['ada'] : [])],
    {
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
      },
    },
  );
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return [child.exitCode, output + errors];
}

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './sample-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'environment-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function loadWith(file: string | Buffer, env: Record<string, string>) {
  await writeFile(join(folder, '.env'), file);
  const { exited, output, errors } = await run('environment-program.ts', { ...env, FOLDER: folder });
  const [[code], stdout, stderr] = await Promise.all([exited, output, errors]);
  return { code, stderr, env: stdout ? JSON.parse(stdout) : undefined };
}

const DATABASE_URL = 'postgres://u:hunter2@h/n';

it('reads .env in development, where it overrides only empty values of the environment', async () => {
  const file = `\uFEFFPORT=1\nDATABASE_URL="${DATABASE_URL}" # comment\n`;
  const { env } = await loadWith(file, { NODE_ENV: 'development', PORT: '2', DATABASE_URL: '' });
  expect(env).toEqual({ NODE_ENV: 'development', PORT: 2, DATABASE_URL });
});

it.each(['', 'test'])('ignores .env with NODE_ENV=%j', async (NODE_ENV) => {
  const { code, stderr } = await loadWith(`DATABASE_URL=${DATABASE_URL}\n`, { NODE_ENV, PORT: 'hunter2' });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Invalid environment variables:\n {2}PORT must be a whole .*\n {2}DATABASE_URL is missing\. .*\n$/,
  );
  expect(stderr).not.toContain('hunter2');
});

it.each([
  [
    'a line that is not an assignment',
    'DATABASE_URL postgres://hunter2',
    /^Line 1 of \.env is invalid\. .*\n$/,
  ],
  ['an unclosed quote', 'A="hunter2', /^A value in \.env starts with " but has no closing "\. .*\n$/],
  ['another encoding', Buffer.from('A=hunter2', 'utf16le'), /^\.env is not encoded in UTF-8\..*\n$/],
])('explains that .env has %s', async (_, file, message) => {
  const { code, stderr } = await loadWith(file, { NODE_ENV: 'development' });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('hunter2');
});

it('reads a value from the file in NAME_FILE', async () => {
  const DATABASE_URL_FILE = join(folder, 'database-url');
  await writeFile(DATABASE_URL_FILE, `${DATABASE_URL}\n`);
  const { env } = await loadWith('', { PORT: '2', DATABASE_URL_FILE, SOMETHING_ELSE_FILE: '/no/such/file' });
  expect(env).toEqual({ NODE_ENV: 'production', PORT: 2, DATABASE_URL });
});

it.each([
  [
    'the file does not exist',
    { DATABASE_URL_FILE: '/no/such/file' },
    'Cannot read the file in DATABASE_URL_FILE',
  ],
  ['the variable is set too', { DATABASE_URL_FILE: '/dev/null', DATABASE_URL }, 'are both set'],
  ['the file is empty', { DATABASE_URL_FILE: '/dev/null' }, 'DATABASE_URL is missing'],
])('fails with a clear message if %s', async (_, variables, message) => {
  const { code, stderr } = await loadWith('', { PORT: '2', ...variables });
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('hunter2');
});

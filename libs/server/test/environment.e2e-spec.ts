import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './sample-process.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'environment-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function start(file: string | Buffer, env: Record<string, string>) {
  await writeFile(join(folder, '.env'), file);
  const { child, output, errors } = run('environment-program.ts', { ...env, FOLDER: folder });
  const [[code], out, said] = await Promise.all([once(child, 'exit'), output, errors]);
  return { code, said, env: out ? JSON.parse(out) : undefined };
}

const DATABASE_URL = 'postgres://u:hunter2@h/n';

it('reads .env in development, where it never overrides the environment but for an empty value', async () => {
  const file = `\uFEFFPORT=1\nDATABASE_URL="${DATABASE_URL}" # mine\n`;
  const { env } = await start(file, { NODE_ENV: 'development', PORT: '2', DATABASE_URL: '' });
  expect(env).toEqual({ NODE_ENV: 'development', PORT: 2, DATABASE_URL });
});

it.each(['', 'test'])('does not read it with NODE_ENV=%j', async (NODE_ENV) => {
  const { code, said } = await start(`DATABASE_URL=${DATABASE_URL}\n`, { NODE_ENV, PORT: 'hunter2' });
  expect(code).toBe(1);
  expect(said).toMatch(
    /^Cannot start with this environment:\n {2}PORT must be a whole .*\n {2}DATABASE_URL is missing: .*\n$/,
  );
  expect(said).not.toContain('hunter2');
});

it.each([
  ['a line that is no assignment', 'DATABASE_URL postgres://hunter2', /^Line 1 of \.env is neither .*\n$/],
  ['a value without an end', 'A="hunter2', /^A value in \.env begins with " and does not end with it\.\n$/],
  ['another encoding', Buffer.from('A=hunter2', 'utf16le'), /^The file \.env is not text in UTF-8\..*\n$/],
])('says what is wrong with a .env that has %s', async (_, file, sentence) => {
  const { code, said } = await start(file, { NODE_ENV: 'development' });
  expect(code).toBe(1);
  expect(said).toMatch(sentence);
  expect(said).not.toContain('hunter2');
});

it('takes a value from the file that NAME_FILE names', async () => {
  const DATABASE_URL_FILE = join(folder, 'database-url');
  await writeFile(DATABASE_URL_FILE, `${DATABASE_URL}\n`);
  const { env } = await start('', { PORT: '2', DATABASE_URL_FILE, SOMETHING_ELSE_FILE: '/no/such/file' });
  expect(env).toEqual({ NODE_ENV: 'production', PORT: 2, DATABASE_URL });
});

it.each([
  ['there is no such file', { DATABASE_URL_FILE: '/no/such/file' }, 'DATABASE_URL_FILE names cannot be read'],
  ['the variable is set too', { DATABASE_URL_FILE: '/dev/null', DATABASE_URL }, 'are both set'],
  ['the file is empty', { DATABASE_URL_FILE: '/dev/null' }, 'DATABASE_URL is missing'],
])('says so where %s', async (_, variables, sentence) => {
  const { code, said } = await start('', { PORT: '2', ...variables });
  expect(code).toBe(1);
  expect(said).toContain(sentence);
  expect(said).not.toContain('hunter2');
});

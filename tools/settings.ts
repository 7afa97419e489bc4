import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './project.js';

const file = join(root, '.env');
const assignment = /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=/;

/**
 * The settings of this clone: the environment, and `.env` for what the environment leaves out.
 * An empty value counts as missing.
 *
 * @throws Error with a sentence for people, where `.env` cannot be read.
 */
export function readSettings(): NodeJS.ProcessEnv {
  const text = readEnvFile();
  checkSyntax(text);
  return { ...withoutEmpty(parseEnv(text)), ...withoutEmpty(process.env) };
}

/** Makes the secret of the auth server at the first start. What stands in `.env` already stays as it is. */
export function ensureSecret(settings: NodeJS.ProcessEnv): void {
  if (settings.BETTER_AUTH_SECRET || settings.BETTER_AUTH_SECRET_FILE) return;
  settings.BETTER_AUTH_SECRET = randomBytes(32).toString('hex');
  writeFileSync(file, withSecret(readEnvFile(), settings.BETTER_AUTH_SECRET), { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Fills an empty BETTER_AUTH_SECRET in its place, or adds one at the end. */
export function withSecret(text: string, secret: string): string {
  const empty = /^([ \t]*(?:export[ \t]+)?BETTER_AUTH_SECRET[ \t]*=)[ \t]*(?:""|'')?[ \t]*$/m;
  if (empty.test(text)) return text.replace(empty, `$1${secret}`);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === '' || text.endsWith('\n') ? '' : newline;
  return `${text}${separator}BETTER_AUTH_SECRET=${secret}${newline}`;
}

function readEnvFile(): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new Error(`The file .env cannot be read (${message}).`, { cause: error });
  }
}

function checkSyntax(text: string): void {
  let quote: string | undefined;
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (quote) {
      if (line.includes(quote)) quote = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    if (!assignment.test(line)) {
      throw new Error(`Line ${index + 1} of .env is neither NAME=value nor a comment that begins with #.`);
    }
    const value = line.replace(assignment, '').trim();
    const opening = /^["'`]/.exec(value)?.[0];
    if (opening && !value.slice(1).includes(opening)) quote = opening;
  }
  if (quote) throw new Error(`A value in .env begins with ${quote} and does not end with it.`);
}

function withoutEmpty(values: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value?.trim()));
}

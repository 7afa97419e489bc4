import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvFile } from '../libs/server/src/environment/env-file.js';
import { root } from './project.js';

const file = join(root, '.env');

/**
 * Returns the environment, completed from `.env`. An empty value counts as missing.
 *
 * @throws Error with a message for the terminal, if `.env` cannot be read.
 */
export function readSettings(): NodeJS.ProcessEnv {
  return { ...withoutEmpty(readEnvFile()), ...withoutEmpty(process.env) };
}

/** Writes a generated BETTER_AUTH_SECRET to `.env`, unless there is one already. */
export function ensureSecret(settings: NodeJS.ProcessEnv): void {
  if (settings.BETTER_AUTH_SECRET || settings.BETTER_AUTH_SECRET_FILE) {
    return;
  }
  settings.BETTER_AUTH_SECRET = randomBytes(32).toString('hex');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, withSecret(text, settings.BETTER_AUTH_SECRET), { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** Sets an empty BETTER_AUTH_SECRET in the text of an `.env` file, or adds one at the end. */
export function withSecret(text: string, secret: string): string {
  const empty = /^([ \t]*(?:export[ \t]+)?BETTER_AUTH_SECRET[ \t]*=)[ \t]*(?:""|'')?[ \t]*$/m;
  if (empty.test(text)) {
    return text.replace(empty, `$1${secret}`);
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === '' || text.endsWith('\n') ? '' : newline;
  return `${text}${separator}BETTER_AUTH_SECRET=${secret}${newline}`;
}

function withoutEmpty(values: NodeJS.Dict<string>): NodeJS.Dict<string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value?.trim()));
}

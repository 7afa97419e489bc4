import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';

export interface EnvironmentOptions {
  /** Values that hold everywhere. `${NAME}` stands for another variable; one that is missing leaves out the default. */
  defaults?: Record<string, string>;
  /** Values that belong to a developer's machine: they hold unless NODE_ENV is `production` or missing. */
  development?: Record<string, string>;
  source?: NodeJS.ProcessEnv;
}

/**
 * Reads what an app is told by its environment, and in development by the file `.env`, which never overrides it.
 * An empty value counts as missing. Where the schema is not met, prints every variable that is missing or wrong and
 * what it should be, never its value, and exits with 1.
 */
export function loadEnvironment<T extends z.ZodType>(
  schema: T,
  { defaults = {}, development = {}, source = process.env }: EnvironmentOptions = {},
): z.infer<T> {
  const inProduction = (source.NODE_ENV || 'production') === 'production';
  if (!inProduction && source === process.env) {
    readEnvFile();
  }
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  const all = { ...defaults, ...(!inProduction && development), ...given };
  const values: Record<string, string> = {};
  for (const name of Object.keys(all)) {
    const value = name in given ? given[name] : resolve(name, all);
    if (value !== undefined) {
      values[name] = value;
    }
  }
  const result = schema.safeParse(values);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name} ${name in values ? issue.message : `is missing: it ${issue.message}`}`;
  });
  console.error(`The environment is not complete:\n${[...new Set(problems)].join('\n')}`);
  process.exit(1);
}

function readEnvFile(): void {
  if (!existsSync('.env')) {
    return;
  }
  try {
    loadEnvFile('.env');
  } catch (error) {
    console.error(`The file .env cannot be read: ${(error as Error).message}`);
    process.exit(1);
  }
}

/** The value of a default, with the variables in it filled in; undefined where one of them is missing. */
function resolve(
  name: string,
  all: Record<string, string | undefined>,
  open: string[] = [],
): string | undefined {
  if (open.includes(name)) {
    return undefined;
  }
  let missing = false;
  const value = all[name]?.replace(/\$\{(\w+)\}/g, (_, inner: string) => {
    const filled = resolve(inner, all, [...open, name])?.replace(/\/$/, '');
    missing ||= filled === undefined;
    return filled ?? '';
  });
  return missing ? undefined : value;
}

const must = (what: string) => ({ error: `must be ${what}` });

function parsedUrl(value: string, protocols: string[]): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url && protocols.includes(url.protocol) && (url.hostname || url.protocol === 'postgres:')
    ? url
    : undefined;
}

/** Any text. */
export const text = (what = 'set') => z.string(must(what));

/** An http or https address without a path; a `/` at its end is dropped. */
export const origin = () =>
  z.string(must('an origin, such as https://example.com')).transform((value, context) => {
    const url = parsedUrl(value, ['http:', 'https:']);
    if (!url || url.pathname !== '/' || url.search || url.hash || url.username) {
      context.addIssue({ code: 'custom', message: 'must be an origin, such as https://example.com' });
      return z.NEVER;
    }
    return url.origin;
  });

/** An http or https address. */
export const httpUrl = () => addressOf(['http:', 'https:'], 'an address, such as https://example.com/path');

/** Where a Postgres database is: `postgres://user:password@host:port/database`. */
export const postgresUrl = () =>
  addressOf(
    ['postgres:', 'postgresql:'],
    'a Postgres address, such as postgres://user:password@host:5432/name',
  );

/** Where a Redis server is. */
export const redisUrl = () => addressOf(['redis:', 'rediss:'], 'a Redis address, such as redis://host:6379');

/** Where an SMTP server is. */
export const smtpUrl = () =>
  addressOf(['smtp:', 'smtps:'], 'an SMTP address, such as smtp://user:password@host:587');

const addressOf = (protocols: string[], what: string) =>
  z.string(must(what)).refine((value) => parsedUrl(value, protocols), must(what));

/** A whole number. */
export const integer = (min: number, max: number) => {
  const error = must(`a whole number from ${min} to ${max}`);
  return z
    .string(error)
    .regex(/^\d{1,10}$/, error)
    .transform(Number)
    .pipe(z.number().min(min, error).max(max, error));
};

/** A TCP port. */
export const port = () => integer(1, 65_535);

/** `true` or `false`. */
export const flag = () =>
  z.enum(['true', 'false'], must('true or false')).transform((value) => value === 'true');

/** A comma-separated list. */
export const list = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string(must('a comma-separated list'))
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(item));

/** What is written to the log. */
export const logLevel = () => {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
  return z.enum(levels, must(`one of ${levels.join(', ')}`));
};

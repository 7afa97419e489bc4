import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { readEnvFile } from './env-file.js';

export interface EnvironmentOptions {
  /** Values that hold everywhere. `${NAME}` stands for another variable; one that is missing leaves out the default. */
  defaults?: Record<string, string>;
  /** Values that belong to a developer's machine: they hold where NODE_ENV is `development` or `test`. */
  development?: Record<string, string>;
  source?: NodeJS.ProcessEnv;
}

type Values = Record<string, string>;

/**
 * Reads what an app is told by its environment, and in development by the file `.env`, which never overrides it.
 * An empty value counts as missing, and a NODE_ENV other than `development` and `test` as `production`. `NAME_FILE` names
 * a file that holds the value of `NAME`, as container platforms hand out secrets.
 *
 * Where the schema is not met, prints every variable that is missing or wrong and what it should be, never its value,
 * and exits with 1.
 */
export function loadEnvironment<T extends z.ZodObject>(
  schema: T,
  { source = process.env, ...options }: EnvironmentOptions = {},
): z.infer<T> {
  try {
    const file = source === process.env && source.NODE_ENV === 'development' ? readEnvFile() : {};
    const given = { ...removeEmpty(file), ...removeEmpty(source) };
    const result = validateEnvironment(
      schema,
      readValueFiles(given, getVariableNames(schema, options)),
      options,
    );
    if ('environment' in result) {
      return result.environment;
    }
    console.error(`Cannot start with this environment:\n${result.mistakes.join('\n')}`);
  } catch (error) {
    console.error((error as Error).message);
  }
  process.exit(1);
}

/** What a schema makes of these values and their defaults; else a line for each variable that is missing or wrong. */
export function validateEnvironment<T extends z.ZodType>(
  schema: T,
  given: Values,
  { defaults = {}, development = {} }: EnvironmentOptions,
): { environment: z.infer<T> } | { mistakes: string[] } {
  const mode = ['development', 'test'].includes(given.NODE_ENV ?? '') ? given.NODE_ENV! : 'production';
  const templates: Values = { ...defaults, ...(mode !== 'production' && development) };
  const values: Values = { ...given, NODE_ENV: mode };
  for (const name of Object.keys(templates)) {
    const value = resolve(name, given, templates);
    if (value !== undefined) {
      values[name] = value;
    }
  }
  const result = schema.safeParse(values);
  if (result.success) {
    return { environment: result.data };
  }
  const lines = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const sources = name in given ? [] : getPlaceholders(templates[name] ?? '');
    if (name in values) {
      return `  ${name}${sources.length > 0 ? `, made of ${sources.join(' and ')},` : ''} ${message}`;
    }
    const missing = sources.filter((source) => resolve(source, given, templates) === undefined);
    return `  ${name} is missing: it ${message}${missing.length > 0 ? ` (or set ${missing.join(' and ')})` : ''}`;
  });
  return { mistakes: [...new Set(lines)] };
}

function removeEmpty(values: NodeJS.ProcessEnv): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value?.trim())) as Values;
}

/** Every variable that counts: those of the schema, and those that a default is made of. */
function getVariableNames(
  { shape }: z.ZodObject,
  { defaults, development }: EnvironmentOptions,
): Set<string> {
  const templates = { ...defaults, ...development };
  return new Set([
    ...Object.keys(shape),
    ...Object.keys(templates),
    ...Object.values(templates).flatMap((template) => getPlaceholders(template)),
  ]);
}

/**
 * The values that were given, and those in files; the line break at the end of a file is not part of its value.
 * @throws Error with a sentence for people, where a file cannot be read, or both are given.
 */
export function readValueFiles(given: Values, names: Iterable<string>): Values {
  const values = { ...given };
  for (const name of names) {
    const path = given[`${name}_FILE`];
    if (path === undefined) {
      continue;
    }
    if (name in given) {
      throw new Error(`${name} and ${name}_FILE are both set: leave one of them out.`);
    }
    try {
      values[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new Error(`The file that ${name}_FILE names cannot be read (${(error as Error).message}).`, {
        cause: error,
      });
    }
  }
  return removeEmpty(values);
}

const PLACEHOLDER = /\$\{(\w+)\}/g;

function getPlaceholders(template: string): string[] {
  return Array.from(template.matchAll(PLACEHOLDER), ([, name]) => name!);
}

/**
 * The value that was given, else the default with its variables filled in, each without a `/` at its end; undefined
 * where one of them is missing or leads back here.
 */
function resolve(name: string, given: Values, templates: Values, open: string[] = []): string | undefined {
  if (name in given || open.includes(name)) {
    return given[name];
  }
  const parts = new Map(
    getPlaceholders(templates[name] ?? '').map((inner) => [
      inner,
      resolve(inner, given, templates, [...open, name]),
    ]),
  );
  return [...parts.values()].includes(undefined)
    ? undefined
    : templates[name]?.replace(PLACEHOLDER, (_, inner: string) => parts.get(inner)!.replace(/\/$/, ''));
}

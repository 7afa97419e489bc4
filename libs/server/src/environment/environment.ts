import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { readEnvFile } from './env-file.js';

export interface EnvironmentOptions {
  /** Defaults for every environment. `${NAME}` refers to another variable; if that is missing, so is the default. */
  defaults?: Record<string, string>;
  /** Defaults for a developer's machine, used if NODE_ENV is `development` or `test`. */
  development?: Record<string, string>;
  source?: NodeJS.ProcessEnv;
}

type Values = Record<string, string>;

/**
 * Reads and validates environment variables. In development it also reads `.env`, which never overrides the environment.
 * An empty value counts as missing, and a NODE_ENV other than `development` and `test` as `production`. `NAME_FILE` is
 * the path of a file that contains the value of `NAME`, such as a mounted secret.
 *
 * If validation fails, it prints every missing or invalid variable, without its value, and exits with 1.
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
    console.error(`Invalid environment variables:\n${result.errors.map((error) => `  ${error}`).join('\n')}`);
  } catch (error) {
    console.error((error as Error).message);
  }
  process.exit(1);
}

/** Applies the defaults and validates the result. Returns the environment, or one message per invalid variable. */
export function validateEnvironment<T extends z.ZodType>(
  schema: T,
  given: Values,
  { defaults = {}, development = {} }: EnvironmentOptions,
): { environment: z.infer<T> } | { errors: string[] } {
  const mode = ['development', 'test'].includes(given.NODE_ENV ?? '') ? given.NODE_ENV! : 'production';
  const templates: Values = { ...defaults, ...(mode !== 'production' && development) };
  const values: Values = { ...given, NODE_ENV: mode };
  for (const name of Object.keys(templates)) {
    const value = resolveValue(name, given, templates);
    if (value !== undefined) {
      values[name] = value;
    }
  }
  const result = schema.safeParse(values);
  if (result.success) {
    return { environment: result.data };
  }
  const errors = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const sources = name in given ? [] : getPlaceholders(templates[name] ?? '');
    if (name in values) {
      return `${name}${sources.length > 0 ? ` (derived from ${sources.join(' and ')})` : ''} ${message}.`;
    }
    const missing = sources.filter((source) => resolveValue(source, given, templates) === undefined);
    const alternative = missing.length > 0 ? ` Or set ${missing.join(' and ')}.` : '';
    return `${name} is missing. It ${message}.${alternative}`;
  });
  return { errors: [...new Set(errors)] };
}

/** Returns the name of the first variable that is set, also as `NAME_FILE`, or the last name if none is. */
export function findVariable(...names: [string, ...string[]]): string {
  const { env } = process;
  return names.find((name) => env[name]?.trim() || env[`${name}_FILE`]?.trim()) ?? names.at(-1)!;
}

function removeEmpty(values: NodeJS.ProcessEnv): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value?.trim())) as Values;
}

/** Returns the variables in the schema and in the placeholders of its defaults. */
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
 * Adds the values of variables that are given as `NAME_FILE`, without the line break at the end of the file.
 *
 * @throws Error with a user-facing message if a file cannot be read, or both `NAME` and `NAME_FILE` are set.
 */
function readValueFiles(given: Values, names: Iterable<string>): Values {
  const values = { ...given };
  for (const name of names) {
    const path = given[`${name}_FILE`];
    if (path === undefined) {
      continue;
    }
    if (name in given) {
      throw new Error(`${name} and ${name}_FILE are both set. Remove one of them.`);
    }
    try {
      values[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new Error(`Cannot read the file in ${name}_FILE: ${(error as Error).message}. Check its path.`, {
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
 * Returns the given value, or the default with its placeholders replaced. A replaced value loses its trailing slash.
 * Returns undefined if a placeholder has no value or the defaults are circular.
 */
function resolveValue(
  name: string,
  given: Values,
  templates: Values,
  resolving: string[] = [],
): string | undefined {
  if (name in given || resolving.includes(name)) {
    return given[name];
  }
  const replacements = new Map(
    getPlaceholders(templates[name] ?? '').map((placeholder) => [
      placeholder,
      resolveValue(placeholder, given, templates, [...resolving, name]),
    ]),
  );
  return [...replacements.values()].includes(undefined)
    ? undefined
    : templates[name]?.replace(PLACEHOLDER, (_, placeholder: string) =>
        replacements.get(placeholder)!.replace(/\/$/, ''),
      );
}

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
 * An empty value counts as missing, and a NODE_ENV other than `development` and `test` as `production`.
 *
 * Where the schema is not met, prints every variable that is missing or wrong and what it should be, never its value,
 * and exits with 1.
 */
export function loadEnvironment<T extends z.ZodType>(
  schema: T,
  { source = process.env, ...options }: EnvironmentOptions = {},
): z.infer<T> {
  try {
    const file = source === process.env && source.NODE_ENV === 'development' ? readEnvFile() : {};
    const result = parseEnvironment(schema, { ...withoutEmpty(file), ...withoutEmpty(source) }, options);
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
export function parseEnvironment<T extends z.ZodType>(
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
    const sources = name in given ? [] : namesIn(templates[name] ?? '');
    if (name in values) {
      return `  ${name}${sources.length > 0 ? `, made of ${sources.join(' and ')},` : ''} ${message}`;
    }
    const missing = sources.filter((source) => resolve(source, given, templates) === undefined);
    return `  ${name} is missing: it ${message}${missing.length > 0 ? ` (or set ${missing.join(' and ')})` : ''}`;
  });
  return { mistakes: [...new Set(lines)] };
}

function withoutEmpty(values: NodeJS.ProcessEnv): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value?.trim())) as Values;
}

const PLACEHOLDER = /\$\{(\w+)\}/g;

function namesIn(template: string): string[] {
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
    namesIn(templates[name] ?? '').map((inner) => [inner, resolve(inner, given, templates, [...open, name])]),
  );
  return [...parts.values()].includes(undefined)
    ? undefined
    : templates[name]?.replace(PLACEHOLDER, (_, inner: string) => parts.get(inner)!.replace(/\/$/, ''));
}

import { join } from 'node:path';
import pg from 'pg';
import { MUST_NAME_ONE_HOST, namesSeveralHosts } from '../../libs/server/src/postgres/postgres-url.js';
import { startPostgres } from '../postgres/embedded-postgres.js';
import { runProgram } from '../run-program.js';
import { stateDirectory } from '../project.js';

export const embeddedDataDirectory = join(stateDirectory, 'postgres');

/** The databases of the two servers. An unset DATABASE_URL means the embedded one, with a role for each server. */
export interface Databases {
  settings: {
    DATABASE_URL: string;
    AUTH_DATABASE_URL: string;
    MIGRATION_DATABASE_URL?: string;
    AUTH_MIGRATION_DATABASE_URL?: string;
  };
  /** Whether both servers use the embedded database. */
  embedded: boolean;
  /** Resolves when the embedded server stops unexpectedly. */
  lost: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Connects to the databases of the settings. Without DATABASE_URL, starts the embedded server or joins the one that
 * `npm start` runs.
 *
 * @throws Error with a message for the terminal, if a database is unavailable.
 */
export async function openDatabases(given: NodeJS.ProcessEnv): Promise<Databases> {
  // The first migration creates the role of the app, so the app's own URL may not work yet.
  for (const app of [
    ['MIGRATION_DATABASE_URL', 'DATABASE_URL'],
    ['AUTH_MIGRATION_DATABASE_URL', 'MIGRATION_DATABASE_URL', 'AUTH_DATABASE_URL'],
  ]) {
    const variable = app.find((name) => given[name]);
    if (variable && given[app.at(-1)!]) {
      await checkDatabase(variable, given[variable]!);
    }
  }
  const postgres = given.DATABASE_URL
    ? undefined
    : await startPostgres({ dataDirectory: embeddedDataDirectory });
  const settings = postgres
    ? {
        DATABASE_URL: postgres.appUrls.api,
        MIGRATION_DATABASE_URL: postgres.url,
        AUTH_DATABASE_URL: postgres.appUrls.auth,
        AUTH_MIGRATION_DATABASE_URL: postgres.url,
      }
    : {
        DATABASE_URL: given.DATABASE_URL!,
        MIGRATION_DATABASE_URL: given.MIGRATION_DATABASE_URL,
        AUTH_DATABASE_URL: given.DATABASE_URL!,
        AUTH_MIGRATION_DATABASE_URL: given.AUTH_MIGRATION_DATABASE_URL ?? given.MIGRATION_DATABASE_URL,
      };
  if (given.AUTH_DATABASE_URL) {
    settings.AUTH_DATABASE_URL = given.AUTH_DATABASE_URL;
    settings.AUTH_MIGRATION_DATABASE_URL =
      given.AUTH_MIGRATION_DATABASE_URL ?? given.MIGRATION_DATABASE_URL ?? given.AUTH_DATABASE_URL;
  }
  return {
    settings,
    embedded: !given.DATABASE_URL && !given.AUTH_DATABASE_URL,
    lost: postgres?.lost ?? new Promise(() => {}),
    stop: async () => postgres?.stop(),
  };
}

export type Schema = 'api' | 'auth';

/**
 * Runs the migrations of the schemas.
 *
 * @returns what they report
 */
export async function migrate(
  env: NodeJS.ProcessEnv,
  schemas: Schema[] = ['api', 'auth'],
  signal?: AbortSignal,
): Promise<string> {
  const outputs = await Promise.all(
    schemas.map((schema) => runProgram(`apps/${schema}/src/migrate.ts`, { env, signal })),
  );
  return outputs.join('').trim();
}

async function checkDatabase(variable: string, url: string): Promise<void> {
  const client = clientFor(variable, url);
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Error(connectionError(variable, client, error as Error & { code?: string }), { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

function clientFor(variable: string, url: string): pg.Client {
  if (namesSeveralHosts(url)) {
    throw new Error(`${variable} ${MUST_NAME_ONE_HOST}.`);
  }
  try {
    if (!/^postgres(ql)?:$/.test(new URL(url).protocol)) {
      throw new TypeError('not a PostgreSQL URL');
    }
    return new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  } catch (error) {
    throw new Error(`${variable} must look like postgres://user:password@host:5432/database.`, {
      cause: error,
    });
  }
}

/** Returns what is wrong and how to fix it, without the password. */
function connectionError(
  variable: string,
  { host, port, user, database }: pg.Client,
  { code, message }: Error & { code?: string },
): string {
  const address = `${host}:${port}`;
  switch (code) {
    case '28P01':
    case '28000':
      return `The database at ${address} rejects the user "${user}": correct the user or the password in ${variable}.`;
    case '3D000':
      return `The database "${database}" does not exist at ${address}: create it, or correct ${variable}.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host "${host}" does not exist: correct ${variable}.`;
    default:
      return (
        `Cannot connect to a database at ${address} (${code ?? message}): start it, correct ${variable}, ` +
        'or remove that variable to use the embedded database.'
      );
  }
}

import { join } from 'node:path';
import pg from 'pg';
import { MUST_NAME_ONE_HOST, namesSeveralHosts } from '../../libs/server/src/postgres/postgres-url.js';
import { startPostgres } from '../postgres/embedded-postgres.js';
import { runProgram } from '../program.js';
import { stateDirectory } from '../project.js';

export const embeddedDataDirectory = join(stateDirectory, 'postgres');

/** The databases of the two servers: one's own, or the embedded one for what is not set. */
export interface Databases {
  /** DATABASE_URL and AUTH_DATABASE_URL. */
  settings: { DATABASE_URL: string; AUTH_DATABASE_URL: string };
  /** Whether both are the embedded one. */
  embedded: boolean;
  /** Settles when the embedded server stops by itself. */
  lost: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens the databases that the settings name. Where DATABASE_URL is not set, that is the embedded server: the one that
 * `npm start` runs, or one that runs until `stop`.
 *
 * @throws Error with a sentence for people, where a database does not answer.
 */
export async function openDatabases(given: NodeJS.ProcessEnv): Promise<Databases> {
  for (const variable of ['DATABASE_URL', 'AUTH_DATABASE_URL']) {
    if (given[variable]) await checkDatabase(variable, given[variable]);
  }
  const postgres = given.DATABASE_URL
    ? undefined
    : await startPostgres({ dataDirectory: embeddedDataDirectory });
  const url = given.DATABASE_URL ?? (postgres?.url as string);
  return {
    settings: { DATABASE_URL: url, AUTH_DATABASE_URL: given.AUTH_DATABASE_URL ?? url },
    embedded: !given.DATABASE_URL && !given.AUTH_DATABASE_URL,
    lost: postgres?.lost ?? new Promise(() => {}),
    stop: async () => postgres?.stop(),
  };
}

export type Schema = 'api' | 'auth';

/** Brings the schemas up to date; answers what was done. */
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
    throw new Error(refusal(variable, client, error as Error & { code?: string }), { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

function clientFor(variable: string, url: string): pg.Client {
  if (namesSeveralHosts(url)) {
    throw new Error(`${variable} ${MUST_NAME_ONE_HOST}.`);
  }
  try {
    if (!/^postgres(ql)?:$/.test(new URL(url).protocol)) throw new TypeError('another protocol');
    return new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  } catch (error) {
    throw new Error(`${variable} should be like postgres://user:password@host:5432/database.`, {
      cause: error,
    });
  }
}

/** What a person can do about it; the password is no part of it. */
function refusal(
  variable: string,
  { host, port, user, database }: pg.Client,
  { code, message }: Error & { code?: string },
): string {
  const address = `${host}:${port}`;
  switch (code) {
    case '28P01':
    case '28000':
      return `The database at ${address} refuses the user "${user}": correct the user or the password in ${variable}.`;
    case '3D000':
      return `There is no database "${database}" at ${address}: create it, or correct ${variable}.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `There is no host "${host}": correct ${variable}.`;
    default:
      return (
        `No database can be used at ${address} (${code ?? message}): start it, correct ${variable}, ` +
        'or leave that out to use the embedded one.'
      );
  }
}

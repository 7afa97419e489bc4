import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chownTo, type ServerAccount } from './server-account.js';

/** The files of a database server, and how to run its programs. */
export interface Cluster {
  account: ServerAccount;
  /** Contains the password and the port. It is next to the data, and only its owner can read it. */
  connectionFile: string;
  logFile: string;
  password: string;
  /** The port of the last start. */
  port?: number;
}

/** The same time zone on every machine. The server listens only on the loopback interface. */
const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export const superuser = 'postgres';

/**
 * Opens the cluster in `directory`, or creates it.
 *
 * @throws Error with a message for the terminal, if it cannot be used.
 */
export function openCluster(
  account: ServerAccount,
  directory: string,
  settings: Record<string, string> = {},
): Cluster {
  const connectionFile = `${directory}.json`;
  const logFile = `${directory}.log`;
  if (existsSync(join(account.dataDirectory, 'PG_VERSION'))) {
    checkVersion(account, directory);
    return { account, connectionFile, logFile, ...readConnection(connectionFile, directory) };
  }
  const cluster = { account, connectionFile, logFile, password: createPassword(connectionFile) };
  initialize(cluster, { ...defaults, ...settings });
  return cluster;
}

/** Stores the port, so that the address stays the same at the next start. */
export function rememberPort({ connectionFile, password }: Cluster, port: number): void {
  const unfinished = `${connectionFile}.${process.pid}`;
  writeFileSync(unfinished, connection({ password, port }), { mode: 0o600 });
  renameSync(unfinished, connectionFile);
}

/** Returns the arguments of `spawn` for one of the server's programs. */
export function serverProgram({ account }: Cluster, name: string, args: string[]) {
  const [command, ...rest] = [...account.prefix, join(account.native, 'bin', name), ...args] as [
    string,
    ...string[],
  ];
  const { PATH, SystemRoot, TEMP } = process.env;
  const options = {
    uid: account.uid,
    gid: account.gid,
    cwd: account.native,
    env: { PATH, SystemRoot, TEMP, LC_ALL: 'C' },
    windowsHide: true,
  };
  return { command, args: rest, options };
}

function checkVersion(account: ServerAccount, directory: string): void {
  const { stdout } = spawnSync(join(account.native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' });
  const ours = /\d+/.exec(stdout)?.[0];
  const theirs = readFileSync(join(account.dataDirectory, 'PG_VERSION'), 'utf8').trim();
  if (ours === theirs) {
    return;
  }
  throw new Error(
    `The data in ${directory} was written by PostgreSQL ${theirs}, but this is PostgreSQL ${ours}: ` +
      'move the folder away to keep the data, or delete it with npm run db:reset.',
  );
}

function readConnection(file: string, directory: string): { password: string; port?: number } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { password: string; port?: number };
  } catch {
    throw new Error(
      `Cannot read the password of the database in ${directory} from ${file}: ` +
        'restore that file, or delete the database with npm run db:reset.',
    );
  }
}

/** If two processes create the same cluster at once, the second one uses the password of the first. */
function createPassword(file: string): string {
  const password = randomBytes(18).toString('hex');
  try {
    writeFileSync(file, connection({ password }), { mode: 0o600, flag: 'wx' });
    return password;
  } catch {
    return (JSON.parse(readFileSync(file, 'utf8')) as { password: string }).password;
  }
}

function connection(members: { password: string; port?: number }): string {
  return `${JSON.stringify(members)}\n`;
}

/** Creates the cluster in a temporary folder and renames it, so that an interruption leaves no incomplete cluster. */
function initialize(cluster: Cluster, settings: Record<string, string>): void {
  const { account, password } = cluster;
  const unfinished = `${account.dataDirectory}.${process.pid}`;
  const passwordFile = `${unfinished}.password`;
  mkdirSync(unfinished, { mode: 0o700 });
  chownTo(account, unfinished);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  chownTo(account, passwordFile);
  try {
    const { command, args, options } = serverProgram(cluster, 'initdb', [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
      ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
    ]);
    const { status, error, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(failure(error?.message ?? stderr));
    }
    if (!existsSync(join(account.dataDirectory, 'PG_VERSION'))) {
      renameSync(unfinished, account.dataDirectory);
    }
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function failure(reason: string): string {
  return (
    `The embedded PostgreSQL cannot run on this machine (${reason.trim().split('\n').at(-1)}): ` +
    'set DATABASE_URL to your own PostgreSQL server.'
  );
}

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The operating system account that runs PostgreSQL, which does not run as root. */
export interface ServerAccount {
  /** A command to put in front of the program. */
  prefix: string[];
  /** Set if it is another account than that of this process. */
  uid?: number;
  gid?: number;
  /** A folder with the server's programs that the account can read. */
  native: string;
  /** A folder for the data that the account can access. */
  dataDirectory: string;
}

const userNamespace = ['unshare', '-U', '--map-user=1000', '--map-group=1000'];

/**
 * Finds an account that can run PostgreSQL in `dataDirectory`. It never creates one: root uses a user namespace, or an
 * existing unprivileged account if the system forbids namespaces.
 */
export function serverAccount(native: string, dataDirectory: string): ServerAccount {
  const own = { prefix: [], native, dataDirectory };
  const owner = statSync(dataDirectory, { throwIfNoEntry: false });
  const uid = process.getuid?.() ?? owner?.uid;
  if (uid !== 0) {
    if (owner && owner.uid !== uid) {
      throw ownerError(dataDirectory);
    }
    return own;
  }
  if (owner && owner.uid !== 0) {
    return withPrograms({
      ...own,
      uid: owner.uid,
      gid: owner.gid,
      dataDirectory: realpathSync(dataDirectory),
    });
  }
  const namespaced = { ...own, prefix: userNamespace };
  const namespaceProblem = findProblem(namespaced);
  if (namespaceProblem === undefined) {
    return namespaced;
  }
  const account = findAccount('postgres') ?? findAccount('nobody');
  if (!account) {
    throw rootError(namespaceProblem);
  }
  return withDataDirectory(withPrograms({ ...own, ...account }, namespaceProblem));
}

/** Returns whether the server runs as the user of this process, who can then copy its data. */
export function runsAsOwnUser(native: string): boolean {
  return process.getuid?.() !== 0 || runs({ prefix: userNamespace, native, dataDirectory: '' });
}

/** Makes the account the owner of a file. */
export function chownTo(account: ServerAccount, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(path, account.uid, account.gid);
  }
}

function findAccount(name: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8', env: process.env });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid && gid ? { uid, gid } : undefined;
}

const runs = (account: ServerAccount) => findProblem(account) === undefined;

/** Returns why the account can't run the server's programs, or undefined if it can. */
function findProblem(account: ServerAccount): string | undefined {
  const [command, ...args] = [...account.prefix, join(account.native, 'bin', 'postgres'), '--version'];
  const { uid, gid } = account;
  const { status, error, stderr } = spawnSync(command as string, args, {
    uid,
    gid,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    cwd: '/',
  });
  if (status === 0) {
    return undefined;
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT' && account.prefix.length > 0) {
    return 'the program "unshare" is not installed (package util-linux)';
  }
  const reason = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return /not permitted|EPERM|No space left/.test(reason)
    ? `this system does not allow ${account.prefix.length > 0 ? 'user namespaces' : 'another account for it'} (${reason})`
    : `its programs cannot run (${reason})`;
}

/** Copies the programs to a folder that the account can read, if it cannot read them. */
function withPrograms(account: ServerAccount, namespaceProblem?: string): ServerAccount {
  if (runs(account)) {
    return account;
  }
  const copy = join(systemDirectory(), `postgres-${fingerprint(account.native)}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(account.native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  const copied = { ...account, native: copy };
  const problem = findProblem(copied);
  if (problem !== undefined) {
    throw rootError([namespaceProblem, problem].filter(Boolean).join(', and '));
  }
  return copied;
}

/** Moves the data to a folder that the account can access, behind a link, if it cannot access the original one. */
function withDataDirectory(account: ServerAccount): ServerAccount {
  const { uid, gid, dataDirectory } = account;
  if (spawnSync('test', ['-x', dirname(dataDirectory)], { uid, gid, cwd: '/' }).status === 0) {
    return account;
  }
  const elsewhere = join(systemDirectory(), `${basename(dataDirectory)}-${fingerprint(dataDirectory)}`);
  rmSync(dataDirectory, { force: true });
  symlinkSync(elsewhere, dataDirectory);
  return { ...account, dataDirectory: elsewhere };
}

function systemDirectory(): string {
  const directory = '/var/lib/nestjs-task-template';
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  return directory;
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function ownerError(dataDirectory: string): Error {
  return new Error(
    `The database in ${dataDirectory} belongs to another user of this machine, perhaps root: ` +
      'change the owner of that folder and the files next to it with chown, or delete them.',
  );
}

function rootError(problem: string): Error {
  return new Error(
    `PostgreSQL does not run as root, and ${problem}. ` +
      'Run this as a normal user, or set DATABASE_URL to your own PostgreSQL server.',
  );
}

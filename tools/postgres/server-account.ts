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

/** How a program of the PostgreSQL server is run: PostgreSQL refuses to run as root. */
export interface ServerAccount {
  /** Put in front of the program and its arguments. */
  prefix: string[];
  /** The account that the programs run as, where it is not one's own. */
  uid?: number;
  gid?: number;
  /** The server's programs, where that account can read them. */
  native: string;
  /** The data, where that account can reach them. */
  dataDirectory: string;
}

const userNamespace = ['unshare', '-U', '--map-user=1000', '--map-group=1000'];

/**
 * Finds how to run PostgreSQL over `dataDirectory`. No account is ever created: root runs it in a user namespace of
 * its own, or, where the system forbids those, as an unprivileged account that exists.
 */
export function serverAccount(native: string, dataDirectory: string): ServerAccount {
  const own = { prefix: [], native, dataDirectory };
  const owner = statSync(dataDirectory, { throwIfNoEntry: false });
  const uid = process.getuid?.() ?? owner?.uid;
  if (uid !== 0) {
    if (owner && owner.uid !== uid) throw ownedByAnother(dataDirectory);
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
    throw cannotRunAsRoot(namespaceProblem);
  }
  return withDataDirectory(withPrograms({ ...own, ...account }, namespaceProblem));
}

/** Makes over to the account what it has to own or read. */
export function giveTo(account: ServerAccount, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
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

/** The account itself, or the account with a copy of the programs in a place that it can read. */
function withPrograms(account: ServerAccount, namespaceProblem?: string): ServerAccount {
  if (runs(account)) return account;
  const copy = join(stateDirectory(), `postgres-${fingerprint(account.native)}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(account.native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  const copied = { ...account, native: copy };
  const problem = findProblem(copied);
  if (problem !== undefined) {
    throw cannotRunAsRoot([namespaceProblem, problem].filter(Boolean).join(', and '));
  }
  return copied;
}

/** The account itself, or the account with its data, linked from where they belong, in a place that it can enter. */
function withDataDirectory(account: ServerAccount): ServerAccount {
  const { uid, gid, dataDirectory } = account;
  if (spawnSync('test', ['-x', dirname(dataDirectory)], { uid, gid, cwd: '/' }).status === 0) return account;
  const elsewhere = join(stateDirectory(), `${basename(dataDirectory)}-${fingerprint(dataDirectory)}`);
  rmSync(dataDirectory, { force: true });
  symlinkSync(elsewhere, dataDirectory);
  return { ...account, dataDirectory: elsewhere };
}

function stateDirectory(): string {
  const directory = '/var/lib/nestjs-task-template';
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  return directory;
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function ownedByAnother(dataDirectory: string): Error {
  return new Error(
    `The database in ${dataDirectory} was made by another user of this machine (root, perhaps): ` +
      'give that folder and what lies beside it to your account, or remove them to begin anew.',
  );
}

function cannotRunAsRoot(problem: string): Error {
  return new Error(
    `PostgreSQL does not run as root, and ${problem}. ` +
      'Run this as a normal user, or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

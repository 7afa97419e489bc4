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
    if (owner && owner.uid !== uid) {
      throw ownedByAnother(dataDirectory);
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
  if (runs(namespaced)) {
    return namespaced;
  }
  const account = findAccount('postgres') ?? findAccount('nobody');
  if (!account) {
    throw refused();
  }
  return withDataDirectory(withPrograms({ ...own, ...account }));
}

/** Makes over to the account what it has to own or read. */
export function giveTo(account: ServerAccount, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) {
    chownSync(path, account.uid, account.gid);
  }
}

function findAccount(name: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid && gid ? { uid, gid } : undefined;
}

function runs(account: ServerAccount): boolean {
  const [command, ...args] = [...account.prefix, join(account.native, 'bin', 'postgres'), '--version'];
  const { uid, gid } = account;
  return spawnSync(command as string, args, { uid, gid, stdio: 'ignore', cwd: '/' }).status === 0;
}

/** The account itself, or the account with a copy of the programs in a place that it can read. */
function withPrograms(account: ServerAccount): ServerAccount {
  if (runs(account)) {
    return account;
  }
  const copy = join(stateDirectory(), `postgres-${fingerprint(account.native)}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(account.native, unfinished, { recursive: true, verbatimSymlinks: true });
    renameSync(unfinished, copy);
  }
  const copied = { ...account, native: copy };
  if (!runs(copied)) {
    throw refused();
  }
  return copied;
}

/** The account itself, or the account with its data, linked from where they belong, in a place that it can enter. */
function withDataDirectory(account: ServerAccount): ServerAccount {
  const { uid, gid, dataDirectory } = account;
  if (spawnSync('test', ['-x', dirname(dataDirectory)], { uid, gid, cwd: '/' }).status === 0) {
    return account;
  }
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

function refused(): Error {
  return new Error(
    'PostgreSQL refuses to run as root, and this system allows neither a user namespace nor another account for it: ' +
      'run this as a normal user, or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

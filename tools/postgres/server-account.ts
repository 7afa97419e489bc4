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
  if (runs(namespaced)) {
    return namespaced;
  }
  const account = findAccount('postgres') ?? findAccount('nobody');
  if (!account) {
    throw rootError();
  }
  return withDataDirectory(withPrograms({ ...own, ...account }));
}

/** Makes the account the owner of a file. */
export function chownTo(account: ServerAccount, path: string): void {
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

/** Copies the programs to a folder that the account can read, if it cannot read them. */
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
    throw rootError();
  }
  return copied;
}

/** Moves the data to a folder that the account can access, behind a link, if it cannot access the original one. */
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

function ownerError(dataDirectory: string): Error {
  return new Error(
    `The database in ${dataDirectory} belongs to another user of this machine, perhaps root: ` +
      'change the owner of that folder and the files next to it with chown, or delete them.',
  );
}

function rootError(): Error {
  return new Error(
    'PostgreSQL does not run as root, and this system allows neither a user namespace nor another account: ' +
      'run this as a normal user, or set DATABASE_URL to your own PostgreSQL server.',
  );
}

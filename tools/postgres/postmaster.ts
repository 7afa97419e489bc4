import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, serverProgram } from './cluster.js';

/** The server that runs over a cluster, as its lock file tells. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** Reads the lock file, which outlives a server that was killed. */
export function readPostmaster(dataDirectory: string): Postmaster | undefined {
  try {
    const lines = readFileSync(lockFile(dataDirectory), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** Starts a server and waits until it takes connections; where it does not, answers why, in the server's words. */
export async function launch(cluster: Cluster, port: number): Promise<string | undefined> {
  const started = platform() === 'win32' ? launchOnWindows(cluster, port) : await launchOnUnix(cluster, port);
  return started ? undefined : readFileSync(cluster.logFile, 'utf8');
}

async function launchOnUnix(cluster: Cluster, port: number): Promise<boolean> {
  const { command, args, options } = serverProgram(cluster, 'postgres', [
    '-D',
    cluster.account.dataDirectory,
    '-p',
    String(port),
  ]);
  const log = openSync(cluster.logFile, 'w', 0o600);
  // A session of its own: Ctrl-C in the terminal is for the program that uses the server.
  const server = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await once(server, 'spawn');
  while (server.exitCode === null && server.signalCode === null) {
    const postmaster = readPostmaster(cluster.account.dataDirectory);
    if (postmaster?.ready && postmaster.pid === server.pid) {
      server.unref();
      return true;
    }
    await sleep(20);
  }
  return false;
}

/** pg_ctl drops the rights of an administrator, with which the server refuses to run. */
function launchOnWindows(cluster: Cluster, port: number): boolean {
  const { command, args, options } = serverProgram(cluster, 'pg_ctl', [
    'start',
    '--wait',
    `--pgdata=${cluster.account.dataDirectory}`,
    `--log=${cluster.logFile}`,
    `--options=-p ${port}`,
  ]);
  rmSync(cluster.logFile, { force: true });
  return spawnSync(command, args, { ...options, stdio: 'ignore' }).status === 0;
}

/**
 * Removes the lock file of a server that was killed, where its process id is another program's now. PostgreSQL itself
 * does so only where no process has that id.
 */
export function removeStaleLock(cluster: Cluster): void {
  const postmaster = readPostmaster(cluster.account.dataDirectory);
  if (postmaster && isOfAnotherProgram(postmaster.pid, cluster.account.dataDirectory)) {
    rmSync(lockFile(cluster.account.dataDirectory), { force: true });
  }
}

function isOfAnotherProgram(pid: number, dataDirectory: string): boolean {
  if (platform() === 'win32') {
    return false;
  }
  try {
    if (existsSync('/proc/self/cwd')) {
      return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(dataDirectory);
    }
  } catch {
    return false;
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.includes('postgres');
}

function lockFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}

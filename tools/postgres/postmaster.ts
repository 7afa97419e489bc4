import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, serverProgram } from './cluster.js';

/** The running server of a cluster, according to its lock file. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** Reads the lock file. A killed server leaves it behind. */
export function readPostmaster(dataDirectory: string): Postmaster | undefined {
  try {
    const lines = readFileSync(lockFile(dataDirectory), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/**
 * Starts a server and waits until it accepts connections.
 *
 * @returns the log of the server if it failed to start
 */
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
  // In its own session, the server does not receive Ctrl-C: the program that uses it decides when it stops.
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

/** pg_ctl drops administrator rights. The server does not run with them. */
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
 * Removes the lock file of a killed server if another program now has its process id. PostgreSQL itself removes it only if
 * no process has that id.
 */
export function removeStaleLock(cluster: Cluster): void {
  const postmaster = readPostmaster(cluster.account.dataDirectory);
  if (postmaster && belongsToAnotherProgram(postmaster.pid, cluster.account.dataDirectory)) {
    rmSync(lockFile(cluster.account.dataDirectory), { force: true });
  }
}

function belongsToAnotherProgram(pid: number, dataDirectory: string): boolean {
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

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import getPort from 'get-port';
import { compile } from '../../../tools/compile.js';
import { testEnvironment } from './environment.js';
import { closeAfterTests } from './teardown.js';

/** A server in its own process. */
export interface ServerProcess {
  url: string;
  /** Returns the process's output so far, stdout and stderr. */
  output(): string;
  /** Sends SIGKILL, so the process cannot clean up. */
  kill(): Promise<void>;
  /** Sends SIGTERM and returns the exit code. */
  stop(): Promise<number | null>;
}

type Env = Record<string, string>;

export async function startAuthProcess(databaseUrl: string, overrides: Env = {}): Promise<ServerProcess> {
  const port = await getPort();
  return startProcess('apps/auth/src/main.ts', port, {
    ...testEnvironment(databaseUrl, overrides),
    AUTH_PORT: String(port),
  });
}

/** Starts a server with only these environment variables, and waits until it is ready. */
export async function startProcess(program: string, port: number, env: Env): Promise<ServerProcess> {
  const child = await runProgram(program, env);
  const url = `http://localhost:${port}`;
  closeAfterTests(() => stopProcess(child));
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk) => (output += chunk));
  }
  if (!(await isReady(child, url))) {
    throw new Error(`${program} did not start: ${output}`);
  }
  return {
    url,
    output: () => output,
    kill: async () => void (await stopProcess(child, 'SIGKILL')),
    stop: () => stopProcess(child),
  };
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

/** Runs a program with only these environment variables. */
export async function runProgram(program: string, env: Env, args: string[] = []): Promise<ChildProcess> {
  return spawn(process.execPath, [await compile(program), ...args], {
    env: {
      PATH: process.env.PATH,
      DATABASE_PREPARED_STATEMENTS: process.env.DATABASE_PREPARED_STATEMENTS,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function isReady(child: ChildProcess, url: string): Promise<boolean> {
  while (child.exitCode === null) {
    const ready = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exitWithParent } from '../../../tools/start/app.js';

export type Environment = Record<string, string | undefined>;

interface ProcessOptions {
  /** An absolute path. */
  program: string;
  cwd: string;
  env: Environment;
  /** Returns 200 when the process is ready. */
  readyUrl: string;
}

const startTimeoutMs = 60_000;

/** One server of the system under test. A test may stop and restart it. */
export class Process {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(private readonly options: ProcessOptions) {}

  /** @param changes to the environment, valid until the next start */
  async start(changes: Environment = {}): Promise<void> {
    const { program, cwd, env, readyUrl } = this.options;
    const child = fork(program, {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, ...changes },
      execArgv: ['--import', exitWithParent],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (this.output = (this.output + text).slice(-20_000)));
    }
    const deadline = Date.now() + startTimeoutMs;
    while (!(await isReady(readyUrl))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${program} did not start:\n${this.output}`);
      }
      await sleep(50);
    }
  }

  /** Sends SIGTERM, as a supervisor does. Returns the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Sends SIGKILL: the process has no time to close anything. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null;
    }
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

/** Runs a program until it exits. Rejects with its output if it fails. */
export async function runToEnd(program: string, env: NodeJS.ProcessEnv, args: string[] = []): Promise<void> {
  await promisify(execFile)(process.execPath, [program, ...args], { env });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}

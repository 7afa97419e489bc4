import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exitWithParent } from '../../../tools/start/app.js';

export type Environment = Record<string, string | undefined>;

interface ProcessOptions {
  /** Absolute. */
  program: string;
  cwd: string;
  env: Environment;
  /** Answers 200 once the process can serve. */
  readyUrl: string;
}

const startTimeoutMilliseconds = 60_000;

/** One part of the system under test, which a test may stop and start again. */
export class Process {
  private child: ChildProcess | undefined;
  private output = '';

  constructor(private readonly options: ProcessOptions) {}

  /** @param changes to the environment, until the next start */
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
    const deadline = Date.now() + startTimeoutMilliseconds;
    while (!(await answers(readyUrl))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${program} did not start:\n${this.output}`);
      }
      await sleep(50);
    }
  }

  /** Ends the process as a supervisor does, and answers its exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** Ends the process in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

/** Runs a program that ends by itself; rejects, with what it said, where it fails. */
export async function runToEnd(program: string, env: NodeJS.ProcessEnv, args: string[] = []): Promise<void> {
  await promisify(execFile)(process.execPath, [program, ...args], { env });
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return answer.ok;
  } catch {
    return false;
  }
}

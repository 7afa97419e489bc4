import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { compile } from '../../../tools/compile.js';

const running: ChildProcess[] = [];

export const killAll = () => running.splice(0).forEach((child) => child.kill('SIGKILL'));

export interface LogLine {
  level: number;
  msg?: string;
  requestId?: string;
  [member: string]: unknown;
}

/**
 * Runs a program of this directory in a child process and collects its output. `exited` resolves to its exit code and
 * signal, also if it has exited already.
 */
export async function run(program: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [await compile(`libs/server/test/${program}`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  running.push(child);
  return {
    child,
    exited: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    output: text(child.stdout!),
    errors: text(child.stderr!),
  };
}

/** Starts the sample app in a child process and waits until it responds. */
export async function startProcess(env: Record<string, string> = {}) {
  const port = await getPort();
  const url = `http://127.0.0.1:${port}`;
  const { child, exited, output, errors } = await run('sample-program.ts', { PORT: String(port), ...env });
  while (
    !(await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await sleep(50);
  }
  const lines = async (): Promise<LogLine[]> =>
    (await output)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogLine);
  return { child, exited, port, url, errors, lines };
}

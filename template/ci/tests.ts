import { spawnSync } from 'node:child_process';

let passed = 0;
let failed = 0;

/** Runs one test of a program that proves something about a whole clone. */
export async function test(name: string, body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
    passed += 1;
    console.log(`ok     ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${(error as Error).message}`);
  }
}

export function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected)
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

/** Sums up as Jest does, and ends this program. */
export function summarize(): never {
  console.log(`Tests: ${failed} failed, ${passed} passed`);
  process.exit(failed === 0 ? 0 : 1);
}

export interface Ran {
  status: number | null;
  output: string;
  errors: string;
}

/** Runs a program to its end. */
export function run(command: string, args: string[], { cwd = '.', env = process.env } = {}): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, output: stdout, errors: stderr };
}

/** Runs a program whose output is for people to see. @throws Error where it fails. */
export function show(command: string, args: string[], { cwd = '.', env = process.env } = {}): void {
  const { status } = spawnSync(command, args, {
    cwd,
    env,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

import { spawnSync } from 'node:child_process';

export interface CommandResult {
  status: number | null;
  output: string;
  errors: string;
}

/** Runs a command to its end and returns what it wrote. */
export function run(command: string, args: string[], { cwd = '.', env = process.env } = {}): CommandResult {
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

/**
 * Runs a command and shows its output.
 *
 * @throws Error if it fails.
 */
export function show(command: string, args: string[], { cwd = '.', env = process.env } = {}): void {
  const { status } = spawnSync(command, args, {
    cwd,
    env,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${status}.`);
  }
}

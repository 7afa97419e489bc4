import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { compile } from './compile.js';
import { root } from './project.js';

/** Arguments of Node before the path of a TypeScript program, from the folder of the clone. */
export const runTypescript = [join(root, 'tools/run.js')];

interface Run {
  args?: string[];
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/**
 * Compiles a program of an app and runs it to its end.
 *
 * @returns its standard output
 * @throws Error if it fails. The program itself reports the reason on standard error.
 */
export async function runProgram(file: string, { args = [], env, signal }: Run): Promise<string> {
  const program = spawn(process.execPath, ['--enable-source-maps', await compile(file), ...args], {
    cwd: root,
    env,
    signal,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  program.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const [code] = (await once(program, 'close')) as [number | null];
  if (code !== 0) {
    throw new Error(`${file} failed.`);
  }
  return output;
}

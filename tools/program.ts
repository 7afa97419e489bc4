import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What Node needs to run a TypeScript file as it is. */
export const typescript = ['--import', '@swc-node/register/esm-register'];

/**
 * Runs a TypeScript program of this repository to its end. It writes its errors, and by default nothing else.
 *
 * @throws Error where it fails.
 */
export async function runProgram(
  file: string,
  {
    args = [],
    env,
    stdout = 'ignore',
  }: { args?: string[]; env: NodeJS.ProcessEnv; stdout?: 'ignore' | 'inherit' },
): Promise<void> {
  const program = spawn(process.execPath, [...typescript, file, ...args], {
    env,
    stdio: ['inherit', stdout, 'inherit'],
  });
  const [code] = (await once(program, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file} failed.`);
}

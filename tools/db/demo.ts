import { runProgram } from '../run-program.js';

export interface DemoUser {
  email: string;
  password: string;
}

interface Seeded extends Partial<DemoUser> {
  id?: string;
  created: boolean;
}

interface SeedOptions {
  /** Create the demo user only if there is no user yet. */
  ifEmpty: boolean;
  signal?: AbortSignal;
}

/**
 * Creates the demo user with thirty tasks.
 *
 * @returns the demo user, if there is one
 */
export async function seedDemo(
  env: NodeJS.ProcessEnv,
  { ifEmpty, signal }: SeedOptions,
): Promise<DemoUser | undefined> {
  const args = ifEmpty ? ['--if-empty'] : [];
  const output = await runProgram('apps/auth/src/seed.ts', { args, env, signal });
  const { created, id, email, password } = JSON.parse(output) as Seeded;
  if (!id || !email || !password) {
    return undefined;
  }
  if (created || !ifEmpty) {
    await runProgram('apps/api/src/seed/seed.ts', { args: [id], env, signal });
  }
  return { email, password };
}

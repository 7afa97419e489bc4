import { existsSync } from 'node:fs';
import { runProgram } from '../program.js';

export interface DemoUser {
  email: string;
  password: string;
}

/** Gives a system that has no user yet a demo user with thirty tasks; answers who that is, where there is one. */
export async function seedDemo(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<DemoUser | undefined> {
  if (!existsSync('apps/auth/src/seed.ts')) return undefined;
  const output = await runProgram('apps/auth/src/seed.ts', { args: ['--if-empty'], env, signal });
  const user = JSON.parse(output) as DemoUser & { id: string; created: boolean };
  if (user.created) await runProgram('apps/api/src/seed.ts', { args: [user.id], env, signal });
  return user;
}

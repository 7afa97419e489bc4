import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** SQLSTATE classes of what is wrong with the data of one statement: a NUL in a text, a value that is there already. */
const ABOUT_DATA = /^2[23]/;

/** True where Postgres refused what a statement was to store; false where it could not do its work. */
export function isAboutData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && ABOUT_DATA.test(error.code ?? '');
}

const notes = new AsyncLocalStorage<unknown[]>();

/**
 * Runs `task` and collects what its statements failed with. Better Auth answers some of these failures as if they were
 * the client's: without a database it finds no session and says "unauthorized", and the client signs its user out.
 */
export async function collectDatabaseErrors<T>(
  task: () => Promise<T>,
): Promise<{ result: T; errors: unknown[] }> {
  const errors: unknown[] = [];
  return { result: await notes.run(errors, task), errors };
}

export function noteDatabaseError(error: unknown): never {
  notes.getStore()?.push(error);
  throw error;
}

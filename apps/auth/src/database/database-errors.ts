import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** SQLSTATE classes 22 (data exception, such as a NUL character) and 23 (constraint violation, such as a duplicate). */
const DATA_ERROR = /^2[23]/;

/** Returns true if PostgreSQL rejected the values of a statement, false if the database itself failed. */
export function isDataError(error: unknown): boolean {
  return error instanceof pg.DatabaseError && DATA_ERROR.test(error.code ?? '');
}

const UNIQUE_VIOLATION = '23505';

export function isUniqueViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION;
}

const recordedErrors = new AsyncLocalStorage<unknown[]>();

/**
 * Runs `task` and collects the errors of its statements. Better Auth hides some of them: while the database is down it
 * finds no session and responds with 401, and the client signs its user out.
 */
export async function collectDatabaseErrors<T>(
  task: () => Promise<T>,
): Promise<{ result: T; errors: unknown[] }> {
  const errors: unknown[] = [];
  return { result: await recordedErrors.run(errors, task), errors };
}

/** Records `error` for `collectDatabaseErrors` and throws it again. */
export function recordDatabaseError(error: unknown): never {
  recordedErrors.getStore()?.push(error);
  throw error;
}

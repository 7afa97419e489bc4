import { jest } from '@jest/globals';
import pg from 'pg';

/** Background workers poll these tables at any time. */
const WORKER_TABLES = /\b(emails|account_deletions)\b/;

/** Returns the statements that the servers of this process send during the work, except those of background workers. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls
      .map(([statement]: unknown[]) =>
        typeof statement === 'string' ? statement : (statement as pg.QueryConfig).text,
      )
      .filter((text) => !WORKER_TABLES.test(text));
  } finally {
    query.mockRestore();
  }
}

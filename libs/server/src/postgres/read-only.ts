/** SQLSTATE of a write on a standby or in a read-only database. */
const READ_ONLY_SQL_TRANSACTION = '25006';

/**
 * Returns whether the server rejected a write because it is read-only. After a switchover, open connections still lead to
 * the old primary, so the connection must not return to its pool.
 */
export function isReadOnlyError(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === READ_ONLY_SQL_TRANSACTION;
}

/** Fails like a write on a standby or in a read-only database, and does nothing otherwise: it takes no locks. */
export const ASSERT_WRITABLE = `
  DO $$ BEGIN
    IF current_setting('transaction_read_only')::boolean THEN
      RAISE read_only_sql_transaction USING MESSAGE = 'The database is read-only.';
    END IF;
  END $$`;

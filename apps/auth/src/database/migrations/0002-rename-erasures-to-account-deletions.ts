import type { Migration } from './migration.js';

/** Renames only, so rows that are still queued stay queued. */
export const renameErasuresToAccountDeletions: Migration = {
  name: '0002-rename-erasures-to-account-deletions',
  sql: `
    ALTER TABLE auth.erasures RENAME TO account_deletions;
    ALTER TABLE auth.account_deletions RENAME CONSTRAINT erasures_pkey TO account_deletions_pkey;
    ALTER INDEX auth.erasures_next_attempt_idx RENAME TO account_deletions_next_attempt_idx;

    ALTER TRIGGER owe_erasure ON auth."user" RENAME TO enqueue_account_deletion;
    ALTER FUNCTION auth.owe_erasure() RENAME TO enqueue_account_deletion;
    CREATE OR REPLACE FUNCTION auth.enqueue_account_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO auth.account_deletions (user_id) VALUES (OLD.id) ON CONFLICT (user_id) DO NOTHING;
      RETURN NULL;
    END
    $$;
  `,
};

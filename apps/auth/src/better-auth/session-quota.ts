import type { BetterAuthPlugin } from 'better-auth';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';

const MAX_SESSIONS = 100;

/** A deletion of more rows could exceed the time limit of statements. The next sign-in deletes the others. */
const MAX_DELETED = 1_000;

/**
 * Creates a plugin that keeps the newest 100 sessions of a user. Otherwise one user could fill the table, and would find
 * only some of the sessions in their list, which Better Auth limits to 100.
 */
export function sessionQuota(db: Database): BetterAuthPlugin {
  const deleteOldest = async ({ id, userId }: { id: string; userId: string }) => {
    await sql`
      DELETE FROM auth.session WHERE id <> ${id} AND id IN (
        SELECT id FROM auth.session WHERE "userId" = ${userId}
        ORDER BY "createdAt" DESC OFFSET ${MAX_SESSIONS} LIMIT ${MAX_DELETED}
      )`.execute(db);
  };
  return {
    id: 'session-quota',
    init: () => ({ options: { databaseHooks: { session: { create: { after: deleteOldest } } } } }),
  };
}

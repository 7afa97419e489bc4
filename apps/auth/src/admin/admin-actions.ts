import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.js';
import { cancelEmailChange, lockUser } from '../email-change/email-changes.js';
import { deletePersonalTokens } from '../personal-tokens/personal-tokens.js';
import { isActiveBan } from './bans.js';

export const ACTION_NAMES = ['grant', 'ungrant', 'ban', 'unban', 'sign-out', 'verify', 'delete'] as const;

export type ActionName = (typeof ACTION_NAMES)[number];

export interface Action {
  name: ActionName;
  userId: string;
  reason?: string;
  /** The end of a ban. Without it, the ban has no end. */
  bannedUntil?: Date;
}

/** An administrator, by their session, or a command on the server. */
export type Actor = { sessionId: string } | 'command';

export type AdminActionErrorCode =
  'FORBIDDEN' | 'USER_NOT_FOUND' | 'LAST_ADMIN' | 'EMAIL_NOT_VERIFIED' | 'OWN_ACCOUNT';

/** Thrown if an action is not possible. The message is for the administrator. */
export class AdminActionError extends Error {
  constructor(
    readonly code: AdminActionErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** An arbitrary number that no other advisory lock in the database uses. */
const ADMIN_ACTIONS_LOCK = 7_214_004;

/** Selects the administrators. The literal lets PostgreSQL use the index of administrators. */
export const isAdmin = sql`"user".roles @> '["admin"]'`;

/** Selects the administrators who can sign in. */
const isUsableAdmin = sql`(${isAdmin} AND NOT EXISTS (
  SELECT FROM auth.bans WHERE bans.user_id = "user".id AND ${isActiveBan}
))`;

/**
 * Does what an administrator asks for, and records it in the same transaction. Actions run one after the other, so two
 * administrators can't remove each other, and the role of the actor is current.
 *
 * @returns whether anything has changed; otherwise nothing is recorded
 * @throws AdminActionError
 */
export async function performAction(db: Database, actor: Actor, action: Action): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    await lockAdminActions(transaction);
    const actorUser = actor === 'command' ? null : await findActor(transaction, actor.sessionId);
    const user = await lockAndFindUser(transaction, action.userId);
    if (actorUser) {
      assertPossible(action, actorUser, user);
    }
    const hasChanged = await effects[action.name](transaction, action);
    if (user.isUsableAdmin) {
      await assertAdminLeft(transaction);
    }
    if (hasChanged) {
      await recordAction(transaction, actorUser, action, user.email);
    }
    return hasChanged;
  });
}

/**
 * Deletes the account of an administrator who deletes it in the settings. Other accounts are left to Better Auth.
 *
 * @throws AdminActionError `LAST_ADMIN`
 */
export async function deleteOwnAdminAccount(db: Database, userId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lockAdminActions(transaction);
    const { rows } = await sql<{ email: string }>`
      SELECT email FROM auth."user" WHERE id = ${userId} AND ${isAdmin}`.execute(transaction);
    for (const { email } of rows) {
      const action: Action = { name: 'delete', userId };
      await effects.delete(transaction, action);
      await assertAdminLeft(transaction);
      await recordAction(transaction, { id: userId, email }, action, email);
    }
  });
}

/** Each returns whether it has changed anything. */
const effects: Record<ActionName, (transaction: Database, action: Action) => Promise<boolean>> = {
  grant: (transaction, { userId }) =>
    affectsRows(
      transaction,
      sql`
        UPDATE auth."user" SET roles = coalesce(roles, '[]') || '["admin"]', "updatedAt" = now()
        WHERE id = ${userId} AND (${isAdmin}) IS NOT TRUE`,
    ),
  ungrant: (transaction, { userId }) =>
    affectsRows(
      transaction,
      sql`
        UPDATE auth."user" SET roles = roles - 'admin', "updatedAt" = now()
        WHERE id = ${userId} AND ${isAdmin}`,
    ),
  ban: async (transaction, { userId, reason, bannedUntil }) => {
    await sql`
      INSERT INTO auth.bans (user_id, reason, expires_at) VALUES (${userId}, ${reason}, ${bannedUntil})
      ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at`.execute(
      transaction,
    );
    await endSessions(transaction, userId);
    await cancelEmailChange(transaction, userId);
    return true;
  },
  unban: (transaction, { userId }) =>
    affectsRows(transaction, sql`DELETE FROM auth.bans WHERE user_id = ${userId} AND ${isActiveBan}`),
  'sign-out': async (transaction, { userId }) => {
    await endSessions(transaction, userId);
    await deletePersonalTokens(transaction, userId);
    return true;
  },
  verify: (transaction, { userId }) =>
    affectsRows(
      transaction,
      sql`
        UPDATE auth."user" SET "emailVerified" = true, "updatedAt" = now()
        WHERE id = ${userId} AND NOT "emailVerified"`,
    ),
  // A trigger adds the account to the outbox of account deletions.
  delete: (transaction, { userId }) =>
    affectsRows(transaction, sql`DELETE FROM auth."user" WHERE id = ${userId}`),
};

async function affectsRows(transaction: Database, statement: RawBuilder<unknown>): Promise<boolean> {
  return ((await statement.execute(transaction)).numAffectedRows ?? 0n) > 0n;
}

/** The command makes the first administrator, and has no account. */
function assertPossible(
  { name, userId }: Action,
  actor: { id: string },
  user: { emailVerified: boolean },
): void {
  if (name === 'delete' && userId === actor.id) {
    throw new AdminActionError('OWN_ACCOUNT', 'Delete your own account in the settings.');
  }
  if (name === 'grant' && !user.emailVerified) {
    throw new AdminActionError(
      'EMAIL_NOT_VERIFIED',
      'Someone else may have signed up with this email address. Verify it first.',
    );
  }
}

async function lockAdminActions(transaction: Database): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${ADMIN_ACTIONS_LOCK})`.execute(transaction);
}

/** @throws AdminActionError if the session has ended or its user is no longer an administrator */
async function findActor(transaction: Database, sessionId: string): Promise<{ id: string; email: string }> {
  const { rows } = await sql<{ id: string; email: string }>`
    SELECT "user".id, email FROM auth.session JOIN auth."user" ON "user".id = session."userId"
    WHERE session.id = ${sessionId} AND ${isUsableAdmin}`.execute(transaction);
  if (!rows[0]) {
    throw new AdminActionError('FORBIDDEN', 'Only administrators can do this.');
  }
  return rows[0];
}

/** The lock makes new sessions of the user wait. See `lockUser`. */
async function lockAndFindUser(transaction: Database, userId: string) {
  await lockUser(transaction, userId);
  const { rows } = await sql<{ email: string; emailVerified: boolean; isUsableAdmin: boolean }>`
    SELECT email, "emailVerified", ${isUsableAdmin} IS TRUE AS "isUsableAdmin" FROM auth."user" WHERE id = ${userId}`.execute(
    transaction,
  );
  if (!rows[0]) {
    throw new AdminActionError(
      'USER_NOT_FOUND',
      'This user does not exist. The account may have been deleted.',
    );
  }
  return rows[0];
}

async function assertAdminLeft(transaction: Database): Promise<void> {
  const { rows } = await sql`SELECT FROM auth."user" WHERE ${isUsableAdmin} LIMIT 1`.execute(transaction);
  if (rows.length === 0) {
    throw new AdminActionError(
      'LAST_ADMIN',
      'This is the last administrator who can sign in. Make another user an administrator first.',
    );
  }
}

async function endSessions(transaction: Database, userId: string): Promise<void> {
  await sql`DELETE FROM auth.session WHERE "userId" = ${userId}`.execute(transaction);
}

async function recordAction(
  transaction: Database,
  actor: { id: string; email: string } | null,
  { name, userId, reason, bannedUntil }: Action,
  email: string,
): Promise<void> {
  await sql`
    INSERT INTO auth.audit_log (actor_id, actor_email, action, user_id, user_email, reason, banned_until)
    VALUES (${actor?.id}, ${actor?.email}, ${name}, ${userId}, ${email}, ${reason}, ${bannedUntil})`.execute(
    transaction,
  );
}

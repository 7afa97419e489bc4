import { sql } from 'kysely';
import type { Database } from '../database/database.js';
import { isAdmin } from './admin-actions.js';
import { isActiveBan } from './bans.js';

export interface ListedUser {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  /** In ISO 8601, with the microseconds that the order depends on. */
  createdAt: string;
  isAdmin: boolean;
  isBanned: boolean;
  banReason: string | null;
  /** Null if the user isn't banned, or the ban has no end. */
  bannedUntil: Date | null;
}

export interface UserPage {
  users: ListedUser[];
  /** Null on the last page. */
  nextCursor: string | null;
}

const PAGE_SIZE = 50;

/**
 * Lists users, the newest first. The pages are found by their position, not by an offset, so a late page costs as much as
 * the first.
 *
 * @param options.search The beginning of the email address or the name
 * @param options.cursor `nextCursor` of the page before
 */
export async function listUsers(
  db: Database,
  { search = '', cursor }: { search?: string; cursor?: string },
): Promise<UserPage> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const pattern = `${search.replace(/[\\%_]/g, String.raw`\$&`)}%`;
  const conditions = [
    ...(after ? [sql`("createdAt", id) < (${after.createdAt}::timestamptz, ${after.id})`] : []),
    ...(search ? [sql`(email LIKE lower(${pattern}) OR lower(name) LIKE lower(${pattern}))`] : []),
  ];
  const { rows } = await sql<ListedUser>`
    SELECT id, name, email, "emailVerified",
      to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAt", (${isAdmin}) IS TRUE AS "isAdmin",
      bans.user_id IS NOT NULL AS "isBanned", bans.reason AS "banReason", bans.expires_at AS "bannedUntil"
    FROM auth."user" LEFT JOIN auth.bans ON bans.user_id = id AND ${isActiveBan}
    WHERE ${conditions.length > 0 ? sql.join(conditions, sql` AND `) : sql`true`}
    ORDER BY "user"."createdAt" DESC, id DESC LIMIT ${PAGE_SIZE + 1}`.execute(db);
  const page = rows.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return {
    users: page,
    nextCursor: rows.length > PAGE_SIZE && last ? encodeCursor(last) : null,
  };
}

/** Returns the id and the state of the address of the user with this email address. */
export async function findUserByEmail(
  db: Database,
  email: string,
): Promise<{ id: string; emailVerified: boolean } | undefined> {
  const { rows } = await sql<{ id: string; emailVerified: boolean }>`
    SELECT id, "emailVerified" FROM auth."user" WHERE email = lower(${email})`.execute(db);
  return rows[0];
}

export interface AuditEntry {
  id: string;
  createdAt: Date;
  /** The email address at that time, or null for the command. */
  actor: string | null;
  action: string;
  /** The email address at that time. */
  user: string;
  reason: string | null;
  bannedUntil: Date | null;
}

const AUDIT_PAGE_SIZE = 20;

/** Lists the most recent actions of administrators, the newest first. */
export async function listAuditLog(db: Database): Promise<AuditEntry[]> {
  const { rows } = await sql<AuditEntry>`
    SELECT id, created_at AS "createdAt", actor_email AS actor, action, user_email AS "user", reason,
      banned_until AS "bannedUntil"
    FROM auth.audit_log ORDER BY id DESC LIMIT ${AUDIT_PAGE_SIZE}`.execute(db);
  return rows;
}

function encodeCursor({ createdAt, id }: ListedUser): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** Thrown if a cursor was not made by `listUsers`. */
export class InvalidCursorError extends Error {}

function decodeCursor(cursor: string): { createdAt: string; id: string } {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new InvalidCursorError();
  }
  if (!Array.isArray(parts) || typeof parts[1] !== 'string' || Number.isNaN(Date.parse(String(parts[0])))) {
    throw new InvalidCursorError();
  }
  return { createdAt: String(parts[0]), id: parts[1] };
}

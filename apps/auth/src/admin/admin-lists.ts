import { type RawBuilder, sql } from 'kysely';
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

interface UserQuery {
  /** The beginning of the email address or the name. */
  search?: string;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

/** Lists users, the newest first. Pages are found by keyset, so a late page takes as long as the first. */
export async function listUsers(db: Database, query: UserQuery): Promise<UserPage> {
  const { rows } = await selectUsers(query).execute(db);
  const page = rows.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return {
    users: page,
    nextCursor: rows.length > PAGE_SIZE && last ? encodeCursor(last) : null,
  };
}

/** Returns the statement of `listUsers`, which selects one row more than a page has. */
export function selectUsers({ search = '', cursor }: UserQuery): RawBuilder<ListedUser> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const pattern = `${search.replace(/[\\%_]/g, String.raw`\$&`)}%`;
  const conditions = [
    ...(after ? [sql`("createdAt", id) < (${after.createdAt}::timestamptz, ${after.id})`] : []),
    ...(search ? [sql`(email LIKE lower(${pattern}) OR lower(name) LIKE lower(${pattern}))`] : []),
  ];
  return sql<ListedUser>`
    SELECT id, name, email, "emailVerified",
      to_char("createdAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAt", (${isAdmin}) IS TRUE AS "isAdmin",
      bans.user_id IS NOT NULL AS "isBanned", bans.reason AS "banReason", bans.expires_at AS "bannedUntil"
    FROM auth."user" LEFT JOIN auth.bans ON bans.user_id = id AND ${isActiveBan}
    WHERE ${conditions.length > 0 ? sql.join(conditions, sql` AND `) : sql`true`}
    ORDER BY "user"."createdAt" DESC, id DESC LIMIT ${PAGE_SIZE + 1}`;
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

export interface AuditPage {
  actions: AuditEntry[];
  /** Null on the last page. */
  nextCursor: string | null;
}

const AUDIT_PAGE_SIZE = 20;

/**
 * Lists what administrators did, the newest first.
 *
 * @param cursor `nextCursor` of the page before
 */
export async function listAuditLog(db: Database, cursor?: string): Promise<AuditPage> {
  const { rows } = await sql<AuditEntry>`
    SELECT id, created_at AS "createdAt", actor_email AS actor, action, user_email AS "user", reason,
      banned_until AS "bannedUntil"
    FROM auth.audit_log ${cursor === undefined ? sql`` : sql`WHERE id < ${cursor}`}
    ORDER BY id DESC LIMIT ${AUDIT_PAGE_SIZE + 1}`.execute(db);
  const actions = rows.slice(0, AUDIT_PAGE_SIZE);
  return { actions, nextCursor: rows.length > AUDIT_PAGE_SIZE ? actions.at(-1)!.id : null };
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

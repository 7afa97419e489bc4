import { sql } from 'kysely';
import { isActiveBan } from '../admin/bans.js';
import type { Database } from '../database/database.js';
import { SELECT_ACTIVE_KEY_ID } from '../signing-keys/signing-key-store.js';
import { hashToken } from './token-format.js';

export const MAX_TOKENS_PER_USER = 50;

export interface NewPersonalToken {
  userId: string;
  token: string;
  name: string;
  scopes: string[];
  expiresInDays: number;
}

/** A token as its owner sees it. */
export interface PersonalToken {
  id: string;
  name: string;
  /** The end of the token, to recognize it. */
  lastCharacters: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
}

/** What a token gives access to. */
export interface TokenGrant {
  id: string;
  userId: string;
  scopes: string[];
  expiresAt: Date;
  /** Whether the last use was recorded more than a minute ago. */
  isUseOutdated: boolean;
  /** The id of the key that signs the next access token. */
  activeKeyId: string | null;
}

const COLUMNS = sql`
  id, name, last_characters AS "lastCharacters", scopes, created_at AS "createdAt", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt"`;

const isUseOutdated = sql`(last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;

/**
 * @param transaction Has locked the user, so that two requests can't both insert the last token.
 * @returns undefined if the user has the maximum number of tokens
 */
export async function insertPersonalToken(
  transaction: Database,
  { userId, token, name, scopes, expiresInDays }: NewPersonalToken,
): Promise<PersonalToken | undefined> {
  const { rows } = await sql<PersonalToken>`
    INSERT INTO auth.personal_tokens (user_id, name, token_hash, last_characters, scopes, expires_at)
    SELECT ${userId}, ${name}, ${hashToken(token)}, ${token.slice(-4)}, ${scopes}::text[],
      now() + make_interval(days => ${expiresInDays})
    WHERE (SELECT count(*) FROM auth.personal_tokens WHERE user_id = ${userId}) < ${MAX_TOKENS_PER_USER}
    RETURNING ${COLUMNS}`.execute(transaction);
  return rows[0];
}

/** Returns the tokens of a user, the newest first. Expired ones stay in the list until the cleanup deletes them. */
export async function listPersonalTokens(db: Database, userId: string): Promise<PersonalToken[]> {
  const { rows } = await sql<PersonalToken>`
    SELECT ${COLUMNS} FROM auth.personal_tokens WHERE user_id = ${userId} ORDER BY created_at DESC, id`.execute(
    db,
  );
  return rows;
}

/** @returns whether the user had this token */
export async function deletePersonalToken(db: Database, userId: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    DELETE FROM auth.personal_tokens WHERE user_id = ${userId} AND id::text = ${id}`.execute(db);
  return numAffectedRows === 1n;
}

/** Revokes every token of a user. */
export async function deletePersonalTokens(db: Database, userId: string): Promise<void> {
  await sql`DELETE FROM auth.personal_tokens WHERE user_id = ${userId}`.execute(db);
}

/** Returns what a token gives access to now, or undefined if it is unknown, revoked or expired, or its user is banned. */
export async function findTokenGrant(db: Database, token: string): Promise<TokenGrant | undefined> {
  const { rows } = await sql<TokenGrant>`
    SELECT personal_tokens.id, "user".id AS "userId", scopes, personal_tokens.expires_at AS "expiresAt",
      ${isUseOutdated} AS "isUseOutdated", (${sql.raw(SELECT_ACTIVE_KEY_ID)}) AS "activeKeyId"
    FROM auth.personal_tokens JOIN auth."user" ON "user".id = user_id
    WHERE token_hash = ${hashToken(token)} AND personal_tokens.expires_at > now()
      AND NOT EXISTS (SELECT FROM auth.bans WHERE bans.user_id = "user".id AND ${isActiveBan})`.execute(db);
  return rows[0];
}

/** Records that a token is used, at most once a minute. */
export async function recordTokenUse(db: Database, id: string): Promise<void> {
  await sql`
    UPDATE auth.personal_tokens SET last_used_at = now() WHERE id = ${id} AND ${isUseOutdated}`.execute(db);
}

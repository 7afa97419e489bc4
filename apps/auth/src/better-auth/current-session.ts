import type { GenericEndpointContext, Session, User } from 'better-auth';
import type { BetterAuthDBSchema, DBFieldAttribute } from 'better-auth/db';
import { CompiledQuery } from 'kysely';
import type { Database } from '../database/database.js';
import { SELECT_ACTIVE_KEY_ID } from '../signing-keys/signing-key-store.js';
import { findSessionToken } from './session-cookie.js';

export interface CurrentSession {
  session: Session;
  user: User;
}

export interface CurrentSessionAndKey {
  current: CurrentSession;
  /** The id of the key that signs the next token, or undefined if there is none yet. */
  activeKeyId: string | undefined;
}

export type CurrentSessionReader = (
  context: GenericEndpointContext,
) => Promise<CurrentSessionAndKey | undefined>;

/**
 * Creates a function that reads the session of a request, its user and the id of the active signing key in one statement and
 * a quarter of the CPU time of Better Auth's own code. It returns undefined if that code has to run: for a session that
 * doesn't exist, or that has to be renewed or deleted. Nothing is cached, so a revoked session ends at once.
 */
export function currentSessionReader(db: Database): CurrentSessionReader {
  let query: SessionQuery | null | undefined;
  return async ({ headers, context }) => {
    const { authCookies, secret, sessionConfig, tables } = context;
    query = query === undefined ? createSessionQuery(tables) : query;
    const token = findSessionToken(
      headers?.get('cookie') ?? undefined,
      authCookies.sessionToken.name,
      secret,
    );
    if (!token || !query) {
      return undefined;
    }
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(query.sql, [token]));
    if (!rows[0]) {
      return undefined;
    }
    const result = query.parse(rows[0]);
    const remainingMs = result.current.session.expiresAt.getTime() - Date.now();
    return remainingMs > (sessionConfig.expiresIn - sessionConfig.updateAge) * 1000 ? result : undefined;
  };
}

type Row = Record<string, unknown>;

interface SessionQuery {
  sql: string;
  parse: (row: Row) => CurrentSessionAndKey;
}

/**
 * Selects the fields that Better Auth and its plugins define, except those that no response may contain. Returns null if
 * Better Auth has to convert a field.
 */
function createSessionQuery({ session, user }: BetterAuthDBSchema): SessionQuery | null {
  if (Object.values({ ...session?.fields, ...user?.fields }).some(isConverted)) {
    return null;
  }
  const sessionFields = listReturnedFields(session);
  const userFields = listReturnedFields(user);
  const columns = [
    ...sessionFields.map(([name, column]) => `session."${column}" AS "session.${name}"`),
    ...userFields.map(([name, column]) => `"user"."${column}" AS "user.${name}"`),
  ];
  const pick = (row: Row, table: string, fields: [string, string][]) =>
    Object.fromEntries(fields.map(([name]) => [name, row[`${table}.${name}`]]));
  return {
    sql: `SELECT ${columns.join(', ')}, (${SELECT_ACTIVE_KEY_ID}) AS "activeKeyId" FROM auth.session JOIN auth."user" ON "user".id = session."userId" WHERE session.token = $1`,
    parse: (row) => ({
      current: {
        session: pick(row, 'session', sessionFields) as unknown as Session,
        user: pick(row, 'user', userFields) as unknown as User,
      },
      activeKeyId: (row.activeKeyId as string | null) ?? undefined,
    }),
  };
}

/** The driver itself parses arrays, because their columns have the type `jsonb`. */
function isConverted({ transform }: DBFieldAttribute): boolean {
  return transform?.output !== undefined;
}

function listReturnedFields(table: BetterAuthDBSchema[string] | undefined): [name: string, column: string][] {
  return Object.entries({ ...table?.fields, id: { fieldName: 'id', returned: true } })
    .filter(([, { returned }]) => returned !== false)
    .map(([name, { fieldName }]) => [name, fieldName ?? name]);
}

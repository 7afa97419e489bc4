import { randomUUID } from 'node:crypto';
import type { Jwk, JwtOptions } from 'better-auth/plugins/jwt';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';

export const SIGNING_ALGORITHM = 'RS256';

/** An arbitrary number that no other advisory lock in the database uses. */
const SIGNING_KEY_LOCK = 7_214_003;

/**
 * Stores the signing keys in `auth.jwks`, like Better Auth's default. In addition, when several processes or requests
 * create a key at the same time, all of them get the first one.
 */
export function signingKeyStore(db: Database): NonNullable<JwtOptions['adapter']> {
  return {
    getJwks: async () => (await sql<Jwk>`SELECT * FROM auth.jwks`.execute(db)).rows,
    createJwk: (key) =>
      db.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${SIGNING_KEY_LOCK})`.execute(transaction);
        const active = await sql<Jwk>`
          SELECT * FROM auth.jwks
          WHERE alg = ${key.alg} AND "expiresAt" > now()
          ORDER BY "createdAt" DESC LIMIT 1`.execute(transaction);
        if (active.rows[0]) {
          return active.rows[0];
        }
        const created = await sql<Jwk>`
          INSERT INTO auth.jwks (id, alg, crv, "publicKey", "privateKey", "createdAt", "expiresAt")
          VALUES (${randomUUID()}, ${key.alg}, ${key.crv ?? null}, ${key.publicKey}, ${key.privateKey}, now(),
                  ${key.expiresAt})
          RETURNING *`.execute(transaction);
        return created.rows[0] as Jwk;
      }),
  };
}

/** Selects the id of the key that signs the next token. */
export const SELECT_ACTIVE_KEY_ID = `
  SELECT id FROM auth.jwks
  WHERE alg = '${SIGNING_ALGORITHM}' AND ("expiresAt" IS NULL OR "expiresAt" > now())
  ORDER BY "createdAt" DESC LIMIT 1`;

/** Expires the active keys. They stay published for the grace period, and the next token is signed with a new key. */
export async function retireSigningKeys(db: Database): Promise<void> {
  // Better Auth compares the time with the clock of this process, which can be behind that of the database.
  await sql`
    UPDATE auth.jwks SET "expiresAt" = LEAST(now(), ${new Date()})
    WHERE "expiresAt" IS NULL OR "expiresAt" > now()`.execute(db);
}

/** Unpublishes every retired key. Verifiers reject its tokens as soon as they fetch the keys again. */
export async function deleteRetiredKeys(db: Database): Promise<void> {
  await sql`DELETE FROM auth.jwks WHERE "expiresAt" <= now()`.execute(db);
}

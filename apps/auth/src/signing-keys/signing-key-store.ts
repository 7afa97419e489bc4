import { randomUUID } from 'node:crypto';
import type { Jwk, JwtOptions } from 'better-auth/plugins/jwt';
import { sql } from 'kysely';
import type { Database } from '../database/database.js';

/** Any number that nothing else in the database takes an advisory lock with. */
const SIGNING_KEY_LOCK = 7_214_003;

/**
 * Keeps the signing keys in `auth.jwks`, where Better Auth would, with one difference: of several processes or requests
 * that find no key to sign with and make one each, the first one's is kept and used by all.
 */
export function signingKeyStore(db: Database): NonNullable<JwtOptions['adapter']> {
  return {
    getJwks: async () => (await sql<Jwk>`select * from auth.jwks`.execute(db)).rows,
    createJwk: (key) =>
      db.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${SIGNING_KEY_LOCK})`.execute(transaction);
        const live = await sql<Jwk>`
          select * from auth.jwks
          where alg = ${key.alg} and "expiresAt" > now()
          order by "createdAt" desc limit 1`.execute(transaction);
        if (live.rows[0]) return live.rows[0];
        const made = await sql<Jwk>`
          insert into auth.jwks (id, alg, crv, "publicKey", "privateKey", "createdAt", "expiresAt")
          values (${randomUUID()}, ${key.alg}, ${key.crv ?? null}, ${key.publicKey}, ${key.privateKey}, now(),
                  ${key.expiresAt})
          returning *`.execute(transaction);
        return made.rows[0] as Jwk;
      }),
  };
}

/** Retires the keys that sign now: they stay published for the grace period, and the next token gets a new key. */
export async function retireSigningKeys(db: Database): Promise<void> {
  await sql`update auth.jwks set "expiresAt" = now() where "expiresAt" is null or "expiresAt" > now()`.execute(
    db,
  );
}

/** Unpublishes every key that no longer signs: tokens signed with one are refused as soon as a verifier looks. */
export async function removeRetiredKeys(db: Database): Promise<void> {
  await sql`delete from auth.jwks where "expiresAt" <= now()`.execute(db);
}

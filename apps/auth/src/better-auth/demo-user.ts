import { sql } from 'kysely';
import type { Database } from '../database/database.js';
import { createHeadlessAuth } from './headless-auth.js';

const demo = { email: 'demo@example.com', password: 'demo-password' };

/** The demo user, or, where there is none and was none to be made, nobody. */
export type DemoUser = { created: boolean; id: string; email: string; password: string } | { created: false };

/**
 * Makes the demo user where there is none. Everyone knows its password: it must never come into being in production.
 *
 * @param ifEmpty Only where there is no user at all.
 */
export async function findOrCreateDemoUser(
  db: Database,
  secret: string,
  { ifEmpty }: { ifEmpty: boolean },
): Promise<DemoUser> {
  const auth = createHeadlessAuth(db, secret);
  const { internalAdapter } = await auth.$context;
  const found = await internalAdapter.findUserByEmail(demo.email);
  if (found) return { created: false, id: found.user.id, ...demo };
  if (ifEmpty && (await hasUsers(db))) return { created: false };
  const { user } = await auth.api.signUpEmail({ body: { ...demo, name: 'Demo' } });
  await internalAdapter.updateUser(user.id, { emailVerified: true });
  await internalAdapter.deleteUserSessions(user.id);
  return { created: true, id: user.id, ...demo };
}

async function hasUsers(db: Database): Promise<boolean> {
  const { rows } = await sql`select 1 from auth."user" limit 1`.execute(db);
  return rows.length > 0;
}

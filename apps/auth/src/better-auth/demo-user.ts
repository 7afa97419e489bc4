import { sql } from 'kysely';
import type { Database } from '../database/database.js';

const demo = { email: 'demo@example.com', password: 'demo-password' };

/** Without `id`, there is no demo user. */
export type DemoUser = { created: boolean; id: string; email: string; password: string } | { created: false };

/**
 * Returns the demo user, and creates it first if it doesn't exist. Its password is public: never call this in production.
 *
 * @param ifEmpty Creates the demo user only if there are no users at all.
 */
export async function findOrCreateDemoUser(
  db: Database,
  secret: string,
  { ifEmpty }: { ifEmpty: boolean },
): Promise<DemoUser> {
  const id = await findUserId(db, demo.email);
  if (id) {
    return { created: false, id, ...demo };
  }
  if (ifEmpty && (await hasUsers(db))) {
    return { created: false };
  }
  // Loading Better Auth takes 0.7 s, and every `npm start` calls this function.
  const { createHeadlessAuth } = await import('./headless-auth.js');
  const auth = createHeadlessAuth(db, secret);
  const { internalAdapter } = await auth.$context;
  const { user } = await auth.api.signUpEmail({ body: { ...demo, name: 'Demo' } });
  await internalAdapter.updateUser(user.id, { emailVerified: true });
  await internalAdapter.deleteUserSessions(user.id);
  return { created: true, id: user.id, ...demo };
}

async function findUserId(db: Database, email: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`SELECT id FROM auth."user" WHERE email = ${email}`.execute(db);
  return rows[0]?.id;
}

async function hasUsers(db: Database): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM auth."user" LIMIT 1`.execute(db);
  return rows.length > 0;
}

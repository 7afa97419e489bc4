import { type JwtOptions, resolveSigningKey } from 'better-auth/plugins/jwt';
import type { Database } from '../database/database.js';
import { StartupError } from '../startup-error.js';
import type { Auth } from '../better-auth/auth.js';
import { removeRetiredKeys, retireSigningKeys } from './signing-key-store.js';

/** Thrown where the key that signs was stored under another BETTER_AUTH_SECRET. */
export class UnreadableSigningKeyError extends StartupError {
  constructor() {
    super(
      'BETTER_AUTH_SECRET is not the one that the signing key was stored with. Set the old one again, or, where it was ' +
        'changed on purpose, make a new key: npm run auth:rotate-keys -- --revoke',
    );
  }
}

/**
 * Makes sure that there is a key to sign with, and that this process can use it.
 *
 * @throws {UnreadableSigningKeyError}
 */
export async function ensureSigningKey(auth: Auth): Promise<void> {
  const context = { context: await auth.$context } as Parameters<typeof resolveSigningKey>[0];
  const plugin = auth.options.plugins.find(({ id }) => id === 'jwt') as { options: JwtOptions };
  try {
    await resolveSigningKey(context, plugin.options);
  } catch (error) {
    const unreadable = error instanceof Error && error.message.startsWith('Failed to decrypt private key');
    throw unreadable ? new UnreadableSigningKeyError() : error;
  }
}

/**
 * Has the next token signed with a new key, by every process. Retired keys stay published for the grace period.
 *
 * @param revoke Unpublishes the old keys at once: tokens signed with them are refused as soon as a verifier looks.
 * @throws {UnreadableSigningKeyError} where, without `revoke`, this process holds another secret than the auth server.
 */
export async function rotateSigningKey(
  auth: Auth,
  db: Database,
  { revoke }: { revoke: boolean },
): Promise<void> {
  if (!revoke) await ensureSigningKey(auth);
  await retireSigningKeys(db);
  await ensureSigningKey(auth);
  if (revoke) await removeRetiredKeys(db);
}

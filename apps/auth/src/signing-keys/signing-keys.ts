import { StartupError } from '@app/server/environment';
import { type JwtOptions, resolveSigningKey } from 'better-auth/plugins/jwt';
import type { Auth } from '../better-auth/auth.js';
import type { Database } from '../database/database.js';
import { deleteRetiredKeys, retireSigningKeys } from './signing-key-store.js';

/** Thrown if the active signing key was encrypted with another BETTER_AUTH_SECRET. */
export class UnreadableSigningKeyError extends StartupError {
  constructor() {
    super(
      'The signing key was encrypted with a different BETTER_AUTH_SECRET. Restore the previous secret or, if you ' +
        'changed it on purpose, replace the key: npm run auth:rotate-keys -- --secret-changed. If the old secret ' +
        'leaked, also revoke the old keys: npm run auth:rotate-keys -- --revoke',
    );
  }
}

/**
 * Creates a signing key if there is no active one, and checks that this process can decrypt it.
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
 * Creates a new signing key, which all processes use for their next token. Old keys stay published for the grace period.
 *
 * @param revoke Unpublishes the old keys at once, so that verifiers reject their tokens when they fetch the keys again.
 * @param secretChanged Replaces a key that was encrypted with another secret, too.
 * @throws {UnreadableSigningKeyError} without either, if the secret differs from the auth server's.
 */
export async function rotateSigningKey(
  auth: Auth,
  db: Database,
  { revoke = false, secretChanged = false }: { revoke?: boolean; secretChanged?: boolean },
): Promise<void> {
  if (!revoke && !secretChanged) {
    await ensureSigningKey(auth);
  }
  await retireSigningKeys(db);
  await ensureSigningKey(auth);
  if (revoke) {
    await deleteRetiredKeys(db);
  }
}

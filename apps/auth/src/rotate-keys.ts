import { parseArgs } from 'node:util';
import { findVariable, loadEnvironment, postgresUrl, runCommand, text } from '@app/server/environment';
import { z } from 'zod';
import { createHeadlessAuth } from './better-auth/headless-auth.js';
import { betterAuthVariables } from './config/env.js';
import { connectDatabase } from './database/database.js';
import { rotateSigningKey } from './signing-keys/signing-keys.js';

/**
 * Replaces the signing key. With `--secret-changed`, also if BETTER_AUTH_SECRET can't decrypt it. With `--revoke`,
 * unpublishes the old keys at once.
 */
const { values } = parseArgs({
  options: {
    revoke: { type: 'boolean', default: false },
    'secret-changed': { type: 'boolean', default: false },
  },
});
const { revoke, 'secret-changed': secretChanged } = values;
const { AUTH_DATABASE_URL: url, BETTER_AUTH_SECRET: secret } = loadEnvironment(
  z.object({
    AUTH_DATABASE_URL: postgresUrl(),
    BETTER_AUTH_SECRET: text("the auth server's secret, which encrypts the signing keys"),
    ...betterAuthVariables,
  }),
  { defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' } },
);
const database = { variable: findVariable('AUTH_DATABASE_URL', 'DATABASE_URL') };
await runCommand(async () => {
  const db = connectDatabase({ url, poolSize: 2 });
  try {
    await rotateSigningKey(createHeadlessAuth(db, secret), db, { revoke, secretChanged });
    console.log(
      revoke
        ? 'Created a new signing key and revoked the old ones. Verifiers reject their tokens within five minutes.'
        : 'Created a new signing key. The old ones stay published until their tokens have expired.',
    );
  } finally {
    await db.destroy();
  }
}, database);

import { parseArgs } from 'node:util';
import { loadEnvironment, postgresUrl, text } from '@app/server';
import { z } from 'zod';
import { connectDatabase } from './database/database.js';
import { createHeadlessAuth } from './better-auth/headless-auth.js';
import { rotateSigningKey, UnreadableSigningKeyError } from './signing-keys/signing-keys.js';

/** Has the next token signed with a new key; `--revoke` unpublishes the old ones at once. */
const { values } = parseArgs({ options: { revoke: { type: 'boolean', default: false } } });
const { AUTH_DATABASE_URL: url, BETTER_AUTH_SECRET: secret } = loadEnvironment(
  z.object({
    AUTH_DATABASE_URL: postgresUrl(),
    BETTER_AUTH_SECRET: text('the one of the auth server, which the key is stored with'),
  }),
  { defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' } },
);
const db = connectDatabase({ url, poolSize: 2 });
try {
  await rotateSigningKey(createHeadlessAuth(db, secret), db, values);
  console.log(
    values.revoke
      ? 'A new key signs. The old ones are gone: verifiers refuse their tokens within five minutes.'
      : 'A new key signs. The old ones stay published until the tokens signed with them are dead.',
  );
} catch (error) {
  if (!(error instanceof UnreadableSigningKeyError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await db.destroy();
}

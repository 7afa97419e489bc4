import { parseArgs } from 'node:util';
import { loadEnvironment, postgresUrl, text } from '@app/server';
import { z } from 'zod';
import { connectDatabase } from './database/database.js';
import { findOrCreateDemoUser } from './better-auth/demo-user.js';

/**
 * Makes the demo user where there is none, and writes who that is as JSON. With `--if-empty`, only where there is no user
 * at all.
 */
const { values } = parseArgs({ options: { 'if-empty': { type: 'boolean', default: false } } });
const env = loadEnvironment(
  z.object({
    NODE_ENV: z.enum(
      ['development', 'test'],
      'must be development: everyone knows the password of the demo user',
    ),
    AUTH_DATABASE_URL: postgresUrl(),
    BETTER_AUTH_SECRET: text('the one of the auth server'),
  }),
  { defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' } },
);
const db = connectDatabase({ url: env.AUTH_DATABASE_URL, poolSize: 2 });
try {
  const user = await findOrCreateDemoUser(db, env.BETTER_AUTH_SECRET, { ifEmpty: values['if-empty'] });
  console.log(JSON.stringify(user));
} finally {
  await db.destroy();
}

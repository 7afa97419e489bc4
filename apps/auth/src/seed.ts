import { parseArgs } from 'node:util';
import { findVariable, loadEnvironment, postgresUrl, runCommand, text } from '@app/server/environment';
import { z } from 'zod';
import { findOrCreateDemoUser } from './better-auth/demo-user.js';
import { betterAuthVariables } from './config/env.js';
import { connectDatabase } from './database/database.js';

/** Creates the demo user if it doesn't exist and prints it as JSON. With `--if-empty`, only if there are no users. */
const { values } = parseArgs({ options: { 'if-empty': { type: 'boolean', default: false } } });
const env = loadEnvironment(
  z.object({
    NODE_ENV: z.enum(
      ['development', 'test'],
      'must be development, because the password of the demo user is public',
    ),
    AUTH_DATABASE_URL: postgresUrl(),
    BETTER_AUTH_SECRET: text("the auth server's secret"),
    ...betterAuthVariables,
  }),
  { defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' } },
);
const database = { variable: findVariable('AUTH_DATABASE_URL', 'DATABASE_URL') };
await runCommand(async () => {
  const db = connectDatabase({ url: env.AUTH_DATABASE_URL, poolSize: 2 });
  try {
    const user = await findOrCreateDemoUser(db, env.BETTER_AUTH_SECRET, { ifEmpty: values['if-empty'] });
    console.log(JSON.stringify(user));
  } finally {
    await db.destroy();
  }
}, database);

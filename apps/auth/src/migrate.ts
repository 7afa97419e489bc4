import { loadEnvironment, postgresUrl } from '@app/server';
import { z } from 'zod';
import { connectDatabase } from './database/database.js';
import { migrate } from './database/migrator.js';

/** Brings the auth server's schema up to date, and says what was made. */
const { AUTH_DATABASE_URL: url } = loadEnvironment(z.object({ AUTH_DATABASE_URL: postgresUrl() }), {
  defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' },
});
const db = connectDatabase({ url, poolSize: 1, timeLimited: false });
try {
  const made = await migrate(db);
  if (made.length > 0) console.log(`auth: made ${made.join(', ')}`);
} finally {
  await db.destroy();
}

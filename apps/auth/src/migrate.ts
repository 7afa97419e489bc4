import { loadEnvironment, postgresUrl, runCommand } from '@app/server';
import { z } from 'zod';
import { connectDatabase } from './database/database.js';
import { migrate } from './database/migrator.js';

/** Migrates the auth server's schema and prints the changes. */
const { AUTH_DATABASE_URL: url } = loadEnvironment(z.object({ AUTH_DATABASE_URL: postgresUrl() }), {
  defaults: { AUTH_DATABASE_URL: '${DATABASE_URL}' },
});
await runCommand(async () => {
  // The second connection finds out which session blocks a migration.
  const db = connectDatabase({ url, poolSize: 2, queryTimeoutMs: 0 });
  try {
    const { tables, migrations } = await migrate(db);
    if (tables.length > 0) {
      console.log(`auth: tables created or altered: ${tables.join(', ')}`);
    }
    if (migrations.length > 0) {
      console.log(`auth: migrations run: ${migrations.join(', ')}`);
    }
  } finally {
    await db.destroy();
  }
});

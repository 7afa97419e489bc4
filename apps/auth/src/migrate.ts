import { findVariable, loadEnvironment, postgresUrl, runCommand } from '@app/server/environment';
import { prepareAppRole } from '@app/server/postgres';
import { z } from 'zod';
import { connectDatabase, SCHEMA } from './database/database.js';
import { migrate } from './database/migrator.js';

/** Migrates the auth server's schema and prints the changes. */
const env = loadEnvironment(
  z.object({ AUTH_DATABASE_URL: postgresUrl(), AUTH_MIGRATION_DATABASE_URL: postgresUrl().optional() }),
  {
    defaults: {
      AUTH_DATABASE_URL: '${DATABASE_URL}',
      AUTH_MIGRATION_DATABASE_URL: '${MIGRATION_DATABASE_URL}',
    },
  },
);
const database = {
  variable: findVariable(
    'AUTH_MIGRATION_DATABASE_URL',
    'MIGRATION_DATABASE_URL',
    'AUTH_DATABASE_URL',
    'DATABASE_URL',
  ),
  isMigration: true,
};
await runCommand(async () => {
  const url = await prepareAppRole({
    variable: findVariable('AUTH_DATABASE_URL', 'DATABASE_URL'),
    migrationVariable: database.variable,
    url: env.AUTH_DATABASE_URL,
    migrationUrl: env.AUTH_MIGRATION_DATABASE_URL,
    schema: SCHEMA,
  });
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
}, database);

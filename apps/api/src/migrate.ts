import 'reflect-metadata';
import { loadEnvironment, LockTimeoutError, postgresUrl } from '@app/server';
import { z } from 'zod';
import { runPendingMigrations } from './database/migrator.js';

const { DATABASE_URL } = loadEnvironment(z.object({ DATABASE_URL: postgresUrl() }));
process.env.DATABASE_URL = DATABASE_URL;
const { default: dataSource } = await import('./database/data-source.js');

/** Migrates the api's schema and prints how many migrations ran. */
await dataSource.initialize();
try {
  const migrations = await runPendingMigrations(dataSource);
  console.log(`api: ${migrations.length} ${migrations.length === 1 ? 'migration' : 'migrations'} run`);
} catch (error) {
  if (!(error instanceof LockTimeoutError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await dataSource.destroy();
}

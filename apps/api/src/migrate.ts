import 'reflect-metadata';
import { findVariable, loadEnvironment, postgresUrl, runCommand } from '@app/server/environment';
import { z } from 'zod';
import { openMigrationDataSource } from './database/migration-data-source.js';
import { runPendingMigrations } from './database/migrator.js';

// Migrates the api's schema and prints how many migrations ran.
const env = loadEnvironment(
  z.object({ DATABASE_URL: postgresUrl(), MIGRATION_DATABASE_URL: postgresUrl().optional() }),
);
const database = { variable: findVariable('MIGRATION_DATABASE_URL', 'DATABASE_URL'), isMigration: true };
await runCommand(async () => {
  const dataSource = await openMigrationDataSource(env);
  try {
    const migrations = await runPendingMigrations(dataSource);
    console.log(`api: ${migrations.length} ${migrations.length === 1 ? 'migration' : 'migrations'} run`);
  } finally {
    await dataSource.destroy();
  }
}, database);

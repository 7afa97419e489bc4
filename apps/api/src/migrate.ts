import 'reflect-metadata';
import { loadEnvironment, postgresUrl, runCommand } from '@app/server';
import { z } from 'zod';
import { runPendingMigrations } from './database/migrator.js';

const { DATABASE_URL } = loadEnvironment(z.object({ DATABASE_URL: postgresUrl() }));
process.env.DATABASE_URL = DATABASE_URL;
const { default: dataSource } = await import('./database/data-source.js');

// Migrates the api's schema and prints how many migrations ran.
await runCommand(async () => {
  await dataSource.initialize();
  try {
    const migrations = await runPendingMigrations(dataSource);
    console.log(`api: ${migrations.length} ${migrations.length === 1 ? 'migration' : 'migrations'} run`);
  } finally {
    await dataSource.destroy();
  }
});

import 'reflect-metadata';
import { loadEnvironment, postgresUrl, runCommand } from '@app/server';
import { MigrationExecutor } from 'typeorm';
import { z } from 'zod';

const { DATABASE_URL } = loadEnvironment(z.object({ DATABASE_URL: postgresUrl() }));
process.env.DATABASE_URL = DATABASE_URL;
const { default: dataSource } = await import('./database/data-source.js');

/** The key of an advisory lock, unique in this database. */
const MIGRATION_LOCK = 7_214_001;

// Runs all pending migrations in one transaction. Its advisory lock makes a concurrent run wait. The lock belongs to the
// transaction, not to the session, so it also works behind a connection pooler in transaction mode.
await runCommand(async () => {
  await dataSource.initialize();
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.startTransaction();
    await queryRunner.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const migrations = await new MigrationExecutor(dataSource, queryRunner).executePendingMigrations();
    await queryRunner.commitTransaction();
    console.log(`api: ${migrations.length} ${migrations.length === 1 ? 'migration' : 'migrations'} run`);
  } finally {
    await queryRunner.release();
    await dataSource.destroy();
  }
});

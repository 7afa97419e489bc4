import 'reflect-metadata';
import { loadEnvironment, postgresUrl } from '@app/server';
import { MigrationExecutor } from 'typeorm';
import { z } from 'zod';

const { DATABASE_URL } = loadEnvironment(z.object({ DATABASE_URL: postgresUrl() }));
process.env.DATABASE_URL = DATABASE_URL;
const { default: dataSource } = await import('./database/data-source.js');

/** Any number that nothing else in the database takes an advisory lock with. */
const MIGRATION_LOCK = 7_214_001;

/**
 * Brings the api's schema up to date in one transaction, or leaves it as it was. The lock is held by that transaction,
 * so that a second migration waits, also through a pooler that hands out connections by transaction.
 */
await dataSource.initialize();
const queryRunner = dataSource.createQueryRunner();
try {
  await queryRunner.startTransaction();
  await queryRunner.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  const migrations = await new MigrationExecutor(dataSource, queryRunner).executePendingMigrations();
  await queryRunner.commitTransaction();
  console.log(`api: ${migrations.length} migrations run`);
} finally {
  await queryRunner.release();
  await dataSource.destroy();
}

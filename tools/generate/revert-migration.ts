import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { openMigrationDataSource } from '../../apps/api/src/database/migration-data-source.js';
import { revertLastMigration } from '../../apps/api/src/database/migrator.js';
import { confirm } from '../confirm.js';
import { type Databases, embeddedDataDirectory, openDatabases } from '../db/databases.js';
import { readSettings } from '../settings.js';
import { sqlName } from './reserved-words.js';

interface RevertOptions {
  /** Drops a table with rows without asking. */
  yes: boolean;
  /** Continues if the database is unavailable. */
  force: boolean;
}

/**
 * Reverts a migration in the development database if it has run there.
 *
 * @throws Error if the database is unavailable, if a later migration has run, or if the user keeps the rows.
 */
export async function revertMigration(
  table: string,
  migration: string,
  { yes, force }: RevertOptions,
): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('NODE_ENV is "production". Remove modules in development only.');
  }
  const { DATABASE_URL, MIGRATION_DATABASE_URL } = readSettings();
  // Without data there is nothing to revert, so the embedded server need not start.
  if (!DATABASE_URL && !existsSync(join(embeddedDataDirectory, 'PG_VERSION'))) {
    return;
  }
  const databases = await open({ DATABASE_URL, MIGRATION_DATABASE_URL }, force);
  if (!databases) {
    return;
  }
  try {
    const dataSource = await openMigrationDataSource(databases.settings);
    try {
      await revert(dataSource, table, migration, yes);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await databases.stop();
  }
}

async function open(given: NodeJS.ProcessEnv, force: boolean): Promise<Databases | undefined> {
  try {
    return await openDatabases(given);
  } catch (error) {
    if (!force) {
      throw error;
    }
    console.error(`${(error as Error).message} The table was not dropped.`);
    return undefined;
  }
}

async function revert(dataSource: DataSource, table: string, migration: string, yes: boolean): Promise<void> {
  const { migrationsTableName } = dataSource.options;
  const [{ exists }] = await dataSource.query('SELECT to_regclass($1) IS NOT NULL AS exists', [
    migrationsTableName,
  ]);
  if (!exists) {
    return;
  }
  const run: { name: string }[] = await dataSource.query(
    `SELECT name FROM ${migrationsTableName} ORDER BY id DESC`,
  );
  if (!run.some(({ name }) => name === migration)) {
    return;
  }
  const newest = run[0]?.name;
  if (newest !== migration) {
    throw new Error(
      `The migration ${newest} ran after ${migration} in your database. Revert it first: npm run db:revert`,
    );
  }
  const [{ count }] = await dataSource.query(`SELECT count(*)::integer AS count FROM ${sqlName(table)}`);
  if (count > 0 && !yes && !(await confirm(`The table ${table} has ${count} rows. Drop it?`))) {
    throw new Error('Canceled. Nothing was removed.');
  }
  await revertLastMigration(dataSource);
  console.log(`api: ${migration} reverted`);
}

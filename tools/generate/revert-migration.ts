import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { openMigrationDataSource } from '../../apps/api/src/database/migration-data-source.js';
import { revertLastMigration } from '../../apps/api/src/database/migrator.js';
import { confirm } from '../confirm.js';
import { type Databases, embeddedDataDirectory, openDatabases } from '../db/databases.js';
import { root } from '../project.js';
import { readSettings } from '../settings.js';

interface RevertOptions {
  /** Deletes values without asking. */
  yes: boolean;
  /** Continues if the database is unavailable. */
  force: boolean;
}

/** The rows whose values are lost. */
export interface LostRows {
  /** The table and the condition, in SQL. */
  of: string;
  /** `{}` is replaced by their number. */
  question: string;
}

/** @throws Error if the commit that added a migration was pushed, because it may have run elsewhere. */
export function assertNotPushed(path: string, force: boolean): void {
  const { stdout } = spawnSync('git', ['log', '--remotes', '-1', '--format=%h', '--', path], {
    cwd: root,
    encoding: 'utf8',
  });
  if (stdout && !force) {
    throw new Error(
      `${path} was pushed in commit ${stdout.trim()}, so it may have run in another database. ` +
        'Write a migration that drops its columns instead, or use --force.',
    );
  }
}

/**
 * Reverts migrations in the development database if they have run there.
 *
 * @param migrations newest first
 * @throws Error if the database is unavailable, if a later migration has run, or if the user keeps the rows.
 */
export async function revertMigrations(
  migrations: string[],
  lost: LostRows,
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
      await revert(dataSource, migrations, lost, yes);
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
    console.error(`${(error as Error).message} The database was not changed.`);
    return undefined;
  }
}

async function revert(
  dataSource: DataSource,
  migrations: string[],
  lost: LostRows,
  yes: boolean,
): Promise<void> {
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
  const toRevert = migrations.filter((migration) => run.some(({ name }) => name === migration));
  for (const [index, migration] of toRevert.entries()) {
    const newer = run[index]?.name;
    if (newer !== migration) {
      throw new Error(
        `The migration ${newer} ran after ${migration} in your database. Revert it first: npm run db:revert`,
      );
    }
  }
  if (toRevert.length === 0) {
    return;
  }
  const [{ count }] = await dataSource.query(`SELECT count(*)::integer AS count FROM ${lost.of}`);
  if (count > 0 && !yes && !(await confirm(lost.question.replace('{}', count)))) {
    throw new Error('Canceled. Nothing was removed.');
  }
  for (const migration of toRevert) {
    await revertLastMigration(dataSource);
    console.log(`api: ${migration} reverted`);
  }
}

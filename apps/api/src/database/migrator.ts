import { setTimeout as sleep } from 'node:timers/promises';
import { reportWhileLocked, retryWhileLocked } from '@app/server/postgres';
import { type DataSource, type MigrationInterface, MigrationExecutor, type QueryRunner } from 'typeorm';
import { ensureOwnerScopeRole } from './owner-scope-role.js';

/** The key of an advisory lock, unique in this database. */
const MIGRATION_LOCK = 7_214_001;
const LOCK_POLL_INTERVAL_MS = 200;

/**
 * Runs all pending migrations, each in a transaction of its own, so that none keeps its locks while the next one runs.
 * Concurrent calls wait for each other.
 *
 * @returns the names of the migrations that ran
 * @throws {LockTimeoutError} if another session keeps a table locked
 * @throws {StartupError} if an administrator has to create the role of owner scopes
 */
export async function runPendingMigrations(
  dataSource: DataSource,
  retryDelaysMs?: number[],
): Promise<string[]> {
  return withMigrationLock(dataSource, async () => {
    await ensureOwnerScopeRole(dataSource);
    const pending = await new MigrationExecutor(dataSource).getPendingMigrations();
    for (const migration of pending) {
      const { name, instance } = migration;
      await runMigration(dataSource, { name, instance, retryDelaysMs }, async (queryRunner) => {
        await new MigrationExecutor(dataSource, queryRunner).executeMigration(migration);
      });
    }
    return pending.map(({ name }) => name);
  });
}

/**
 * Reverts the last migration.
 *
 * @returns its name, or undefined if no migration has run
 * @throws {LockTimeoutError} if another session keeps a table locked
 */
export async function revertLastMigration(
  dataSource: DataSource,
  retryDelaysMs?: number[],
): Promise<string | undefined> {
  return withMigrationLock(dataSource, async () => {
    const [last] = await new MigrationExecutor(dataSource).getExecutedMigrations();
    if (!last) {
      return undefined;
    }
    const { name } = last;
    const instance = dataSource.migrations.find((migration) => nameOf(migration) === name);
    await runMigration(dataSource, { name, instance, retryDelaysMs }, async (queryRunner) => {
      const executor = new MigrationExecutor(dataSource, queryRunner);
      executor.transaction = 'none';
      await executor.undoLastMigration();
    });
    return name;
  });
}

const nameOf = (migration: MigrationInterface) => migration.name ?? migration.constructor.name;

/**
 * The lock belongs to a transaction, so it also works behind a pooler in transaction mode. It is polled: a statement that
 * waits for the lock would make a concurrent CREATE INDEX CONCURRENTLY wait for it in turn.
 */
async function withMigrationLock<T>(dataSource: DataSource, task: () => Promise<T>): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    while (!(await tryMigrationLock(queryRunner))) {
      await sleep(LOCK_POLL_INTERVAL_MS);
    }
    return await task();
  } finally {
    await queryRunner.rollbackTransaction().catch(() => {});
    await queryRunner.release();
  }
}

async function tryMigrationLock(queryRunner: QueryRunner): Promise<boolean> {
  // CREATE INDEX CONCURRENTLY waits for all older snapshots. In READ COMMITTED, an idle transaction has none, except of a
  // statement with parameters: its portal stays open.
  await queryRunner.startTransaction('READ COMMITTED');
  const [{ locked }] = await queryRunner.query(
    `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS locked,
       set_config('idle_in_transaction_session_timeout', '0', true)`,
  );
  if (!locked) {
    await queryRunner.rollbackTransaction();
  }
  return locked;
}

interface RunOptions {
  name: string;
  instance?: MigrationInterface;
  retryDelaysMs?: number[];
}

async function runMigration(
  dataSource: DataSource,
  { name, instance, retryDelaysMs }: RunOptions,
  task: (queryRunner: QueryRunner) => Promise<void>,
): Promise<void> {
  const monitor = { name: `api: ${name}`, query: dataSource.query.bind(dataSource), retryDelaysMs };
  const queryRunner = dataSource.createQueryRunner();
  const query = queryRunner.query.bind(queryRunner);
  try {
    if (instance?.transaction === false) {
      await reportWhileLocked(monitor, query, () => task(queryRunner));
      return;
    }
    await retryWhileLocked(monitor, async (limitLockWaits) => {
      await queryRunner.startTransaction();
      try {
        await limitLockWaits(query);
        await task(queryRunner);
        await queryRunner.commitTransaction();
      } catch (error) {
        await queryRunner.rollbackTransaction().catch(() => {});
        throw error;
      }
    });
  } finally {
    await queryRunner.release();
  }
}

import { type Query, retryWhileLocked } from '@app/server';
import { getMigrations } from 'better-auth/db/migration';
import { CompiledQuery, sql } from 'kysely';
import { createHeadlessAuth, headlessAuthOptions } from '../better-auth/headless-auth.js';
import { StartupError } from '../startup-error.js';
import type { Database } from './database.js';
import { migrations } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';

/** An arbitrary number that no other advisory lock in the database uses. */
const MIGRATION_LOCK = 7_214_002;

export interface MigrationResult {
  /** Names of Better Auth's tables that were created or altered. */
  tables: string[];
  /** Names of the auth server's own migrations that ran. */
  migrations: string[];
}

/**
 * Migrates the schema `auth` in one transaction. Its advisory lock makes a concurrent migration wait; because the lock
 * belongs to the transaction, this also works through a pooler in transaction mode.
 *
 * @throws {LockTimeoutError} if another session keeps a table locked
 */
export async function migrate(db: Database, retryDelaysMs?: number[]): Promise<MigrationResult> {
  return retryWhileLocked(
    { name: 'auth: the migration', query: queryOf(db), retryDelaysMs },
    (limitLockWaits) =>
      db.transaction().execute(async (transaction) => {
        await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(transaction);
        await limitLockWaits(queryOf(transaction));
        return { tables: await migrateBetterAuth(transaction), migrations: await runPending(transaction) };
      }),
  );
}

function queryOf(db: Database): Query {
  return async (text, parameters) => {
    const { rows } = await db.executeQuery(CompiledQuery.raw(text, parameters));
    return rows as Record<string, unknown>[];
  };
}

async function migrateBetterAuth(db: Database): Promise<string[]> {
  const { toBeCreated, toBeAdded, toBeAddedIndexes, runMigrations } = await getMigrations(
    headlessAuthOptions(db),
  );
  await runMigrations();
  return [...new Set([...toBeCreated, ...toBeAdded, ...toBeAddedIndexes].map(({ table }) => table))];
}

async function runPending(db: Database): Promise<string[]> {
  await sql`
    CREATE TABLE IF NOT EXISTS auth.migrations (
      name text CONSTRAINT migrations_pkey PRIMARY KEY,
      run_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  const pending = await pendingMigrations(db);
  for (const migration of pending) {
    await sql.raw(migration.sql).execute(db);
    await sql`INSERT INTO auth.migrations (name) VALUES (${migration.name})`.execute(db);
  }
  return pending.map(({ name }) => name);
}

async function pendingMigrations(db: Database): Promise<Migration[]> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM auth.migrations`.execute(db);
  return migrations.filter(({ name }) => !rows.some((row) => row.name === name));
}

/** @throws {StartupError} if the schema is missing or a migration is pending. */
export async function assertMigrated(db: Database): Promise<void> {
  const { explicitSchemaCheck } = await createHeadlessAuth(db, 'none').$context;
  const upToDate = await Promise.resolve(explicitSchemaCheck?.())
    .then(async () => (await pendingMigrations(db)).length === 0)
    .catch((error: unknown) => {
      if (isSchemaError(error)) {
        return false;
      }
      throw error;
    });
  if (!upToDate) {
    throw new StartupError("The auth server's tables are missing or out of date. Run: npm run db:migrate");
  }
}

/** Better Auth's check lists `findings`. PostgreSQL reports an undefined table (42P01) or schema (3F000). */
function isSchemaError(error: unknown): boolean {
  const { code, findings } = error as { code?: string; findings?: unknown };
  return findings !== undefined || code === '42P01' || code === '3F000';
}

import { StartupError } from '@app/server/environment';
import { type Query, retryWhileLocked } from '@app/server/postgres';
import { BetterAuthError } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { CompiledQuery, sql } from 'kysely';
import { headlessAuthOptions } from '../better-auth/headless-auth.js';
import { type Database, SCHEMA } from './database.js';
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
 * @throws {StartupError} if Better Auth could not use the migrated tables. The transaction is rolled back.
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
  const issuerRequired = await isIssuerRequired(db);
  if (issuerRequired) {
    await sql`ALTER TABLE auth.account ALTER COLUMN issuer DROP NOT NULL`.execute(db);
  }
  const { toBeCreated, toBeAdded, toBeAddedIndexes, schemaProblems, runMigrations } =
    await planMigrations(db);
  assertUsable(schemaProblems);
  await runMigrations();
  const changed = [...toBeCreated, ...toBeAdded, ...toBeAddedIndexes].map(({ table }) => table);
  return [...new Set(issuerRequired ? ['account', ...changed] : changed)];
}

/** @throws {StartupError} if Better Auth rejects the tables, for example because it can't add a required column. */
async function planMigrations(db: Database, options?: { throwOnUnsafe: boolean }) {
  return getMigrations(headlessAuthOptions(db), options).catch((error: unknown) => {
    throw error instanceof BetterAuthError ? unusableTables([error.message]) : error;
  });
}

function assertUsable(problems: string[]): void {
  if (problems.length > 0) {
    throw unusableTables(problems);
  }
}

function unusableTables(problems: string[]): StartupError {
  const list = problems.map((problem) => `- ${problem}`).join('\n');
  return new StartupError(
    `Better Auth can't use the tables in the schema ${SCHEMA}. Change them with SQL, then run: npm run db:migrate\n${list}`,
  );
}

/** Better Auth 1.7.0 to 1.7.2 created `issuer` as a required column. Later versions don't write it. */
async function isIssuerRequired(db: Database): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_attribute
    WHERE attrelid = to_regclass('auth.account') AND attname = 'issuer' AND attnotnull AND NOT atthasdef
  `.execute(db);
  return rows.length > 0;
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

/** @throws {StartupError} if a migration is pending, or Better Auth can't use the tables. */
export async function assertMigrated(db: Database): Promise<void> {
  const { toBeCreated, toBeAdded, schemaProblems } = await planMigrations(db, { throwOnUnsafe: false });
  const outOfDate =
    toBeCreated.length > 0 ||
    toBeAdded.length > 0 ||
    (await isIssuerRequired(db)) ||
    (await isMigrationPending(db));
  if (outOfDate) {
    throw new StartupError("The auth server's tables are missing or out of date. Run: npm run db:migrate");
  }
  assertUsable(schemaProblems);
}

async function isMigrationPending(db: Database): Promise<boolean> {
  const { rows } = await sql<{ name: string | null }>`SELECT to_regclass('auth.migrations') AS name`.execute(
    db,
  );
  return rows[0]?.name === null || (await pendingMigrations(db)).length > 0;
}

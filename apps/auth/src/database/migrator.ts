import { getMigrations } from 'better-auth/db/migration';
import { sql } from 'kysely';
import { createHeadlessAuth, headlessAuthOptions } from '../better-auth/headless-auth.js';
import { StartupError } from '../startup-error.js';
import type { Database } from './database.js';
import { migrations } from './migrations/index.js';
import type { Migration } from './migrations/migration.js';

/** Any number that nothing else in the database takes an advisory lock with. */
const MIGRATION_LOCK = 7_214_002;

/**
 * Brings the schema `auth` up to date in one transaction, or leaves it as it was. The lock is held by that transaction,
 * so that a second migration waits, also through a pooler that hands out connections by transaction.
 *
 * @returns the names of what was made.
 */
export async function migrate(db: Database): Promise<string[]> {
  return db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(transaction);
    return [...(await migrateBetterAuth(transaction)), ...(await migrateOwn(transaction))];
  });
}

async function migrateBetterAuth(db: Database): Promise<string[]> {
  const { toBeCreated, toBeAdded, toBeAddedIndexes, runMigrations } = await getMigrations(
    headlessAuthOptions(db),
  );
  await runMigrations();
  return [...toBeCreated, ...toBeAdded, ...toBeAddedIndexes].map(({ table }) => table);
}

async function migrateOwn(db: Database): Promise<string[]> {
  await sql`
    create table if not exists auth.migrations (
      name text constraint migrations_pkey primary key,
      run_at timestamptz not null default now()
    )`.execute(db);
  const pending = await pendingMigrations(db);
  for (const migration of pending) {
    await sql.raw(migration.sql).execute(db);
    await sql`insert into auth.migrations (name) values (${migration.name})`.execute(db);
  }
  return pending.map(({ name }) => name);
}

async function pendingMigrations(db: Database): Promise<Migration[]> {
  const { rows } = await sql<{ name: string }>`select name from auth.migrations`.execute(db);
  return migrations.filter(({ name }) => !rows.some((row) => row.name === name));
}

/** @throws {StartupError} where the schema is not the one that this version works with. */
export async function checkMigrated(db: Database): Promise<void> {
  const { explicitSchemaCheck } = await createHeadlessAuth(db, 'none').$context;
  const upToDate = await Promise.resolve(explicitSchemaCheck?.())
    .then(async () => (await pendingMigrations(db)).length === 0)
    .catch((error: unknown) => {
      if (isAboutSchema(error)) return false;
      throw error;
    });
  if (!upToDate) {
    throw new StartupError(
      'The tables of the auth server are missing or not up to date. Run: npm run db:migrate',
    );
  }
}

/** Better Auth lists what it finds wrong; Postgres says that a table or a schema is not there. */
function isAboutSchema(error: unknown): boolean {
  const { code, findings } = error as { code?: string; findings?: unknown };
  return findings !== undefined || code === '42P01' || code === '3F000';
}

import { StartupError } from '@app/server/environment';
import type { DataSource, QueryRunner } from 'typeorm';

const SUFFIX = '_owner_scope';
/** PostgreSQL cuts longer identifiers. */
const MAX_NAME_BYTES = 63;

/** Roles belong to the whole server, which several products may share. So the name contains the database. */
const DEFAULT_ROLE = `
  CASE WHEN octet_length(current_database()) > ${MAX_NAME_BYTES - SUFFIX.length}
    THEN md5(current_database()) ELSE current_database() END || '${SUFFIX}'`;

/** The right to switch to a role. Since PostgreSQL 16, a member may lack it. */
export const SWITCH_RIGHT =
  "CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END";

interface ScopeRole {
  /** The quoted name of the role that is subject to row-level security. */
  role: string;
  /** The quoted name of the role that owns the tables. */
  owner: string;
  exists: boolean;
  /** Whether the owner may switch to the role. */
  isGranted: boolean;
  isGrantExplicit: boolean;
  canUseSchema: boolean;
  schema: string;
}

/** Returns the name of the scope's role. A database that was copied or restored under another name keeps its role. */
export async function readOwnerScopeRole(queryRunner: QueryRunner): Promise<string> {
  const [{ isCreated }] = await queryRunner.query(
    `SELECT to_regproc('owner_scope_role') IS NOT NULL AS "isCreated"`,
  );
  const [{ name }] = await queryRunner.query(
    `SELECT ${isCreated ? 'owner_scope_role()' : DEFAULT_ROLE} AS name`,
  );
  return name;
}

/**
 * Makes sure that the scope's role exists and that the owner of the tables may switch to it. Runs before migrations.
 * @throws StartupError if the migration may not create the role. An administrator has to.
 */
export async function ensureOwnerScopeRole(dataSource: DataSource): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const role = await readState(queryRunner);
    if (!role.exists || !role.isGranted) {
      await createRole(queryRunner, role);
    }
    if (!role.canUseSchema) {
      await queryRunner.query(`GRANT USAGE ON SCHEMA ${role.schema} TO ${role.role}`);
    }
  } finally {
    await queryRunner.release();
  }
}

/** Drops the role, unless another database uses it or the migration may not drop it. */
export async function dropOwnerScopeRole(queryRunner: QueryRunner, name: string): Promise<void> {
  await queryRunner.query(`
    DO $$ BEGIN
      EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %I', current_schema(), '${name}');
      SET LOCAL ROLE NONE;
      EXECUTE format('DROP ROLE %I', '${name}');
    EXCEPTION WHEN insufficient_privilege OR dependent_objects_still_exist OR undefined_object THEN
      NULL;
    END $$`);
}

async function readState(queryRunner: QueryRunner): Promise<ScopeRole> {
  const [state] = await queryRunner.query(
    `SELECT quote_ident($1) AS role, quote_ident(current_user) AS owner, quote_ident(current_schema()) AS schema,
       oid IS NOT NULL AS exists, is_grant_explicit AS "isGrantExplicit",
       COALESCE(pg_has_role(current_user, oid, ${SWITCH_RIGHT}), false) AS "isGranted",
       COALESCE(has_schema_privilege(oid, current_schema(), 'USAGE'), false) AS "canUseSchema"
     FROM (SELECT current_setting('server_version_num')::integer >= 160000 AS is_grant_explicit) AS server
     LEFT JOIN pg_roles ON rolname = $1`,
    [await readOwnerScopeRole(queryRunner)],
  );
  return state;
}

async function createRole(queryRunner: QueryRunner, scope: ScopeRole): Promise<void> {
  const create = `CREATE ROLE ${scope.role} NOLOGIN`;
  // Since PostgreSQL 16, the creator of a role is a member, but may not switch to it.
  const options = scope.isGrantExplicit ? ' WITH INHERIT FALSE, SET TRUE' : '';
  const grant = `GRANT ${scope.role} TO ${scope.owner}${options}`;
  await queryRunner.startTransaction();
  try {
    // The migration may have logged in as another role, which has CREATEROLE.
    await queryRunner.query('SET LOCAL ROLE NONE');
    if (!scope.exists) {
      await queryRunner.query(`
        DO $$ BEGIN
          ${create};
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
          NULL; -- Another process created it at the same time.
        END $$`);
    }
    await queryRunner.query(grant);
    await queryRunner.commitTransaction();
  } catch (error) {
    await queryRunner.rollbackTransaction();
    throw (error as { code?: string }).code === '42501'
      ? missingRole(scope.exists ? [grant] : [create, grant])
      : error;
  }
}

function missingRole(statements: string[]): StartupError {
  return new StartupError(
    'The migration may not create the role of owner scopes. Run these statements once as an administrator of the ' +
      `PostgreSQL server, then migrate again:\n${statements.map((sql) => `  ${sql};`).join('\n')}`,
  );
}

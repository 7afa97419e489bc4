import pg from 'pg';
import { type Query, retryWhileLocked } from '../migration/retry-while-locked.js';
import { StartupError } from '../startup-error.js';
import { scramVerifier } from './scram-verifier.js';

/** An arbitrary number that no other advisory lock in the database uses. */
const ROLE_LOCK = 7_214_004;
const CONNECTION_TIMEOUT_MS = 5_000;

/** SQLSTATE of a role or membership that exists: another migration created it at the same time. */
const ALREADY_EXISTS = new Set(['42710', '23505']);
const INSUFFICIENT_PRIVILEGE = '42501';

export interface AppRole {
  /** The variable with the app's URL. The variable of the migration URL is named in `migrationVariable`. */
  variable: string;
  migrationVariable: string;
  /** Its user is the role that owns the schema. */
  url: string;
  /** The URL of the migration. Not set: the app's own. */
  migrationUrl?: string;
  schema: string;
}

/**
 * If migrations run as another role than the app: creates the app's role and makes it the only owner of its schema and of
 * everything in it. Concurrent calls are safe, and a call that finds everything prepared changes nothing.
 *
 * @returns the URL for the migration. Its sessions have the app's role, which therefore owns what they create.
 * @throws {StartupError} with the statements for an administrator, if the migration role lacks a privilege
 */
export async function prepareAppRole(app: AppRole): Promise<string> {
  const { url, migrationUrl = url, variable, migrationVariable } = app;
  const [own, migration] = [url, migrationUrl].map((connectionString) => new pg.Client({ connectionString }));
  const role = own!.user;
  if (!role || role === migration!.user) {
    return migrationUrl;
  }
  if (own!.database !== migration!.database) {
    throw new StartupError(
      `${migrationVariable} leads to the database "${migration!.database}", but ${variable} to "${own!.database}". ` +
        `Set ${migrationVariable} to a URL of the same database.`,
    );
  }
  const pool = new pg.Pool({
    connectionString: migrationUrl,
    max: 2,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
  });
  pool.on('error', () => {});
  try {
    await prepare(pool, app, role, own!.password ?? '');
  } finally {
    await pool.end();
  }
  return withRole(migrationUrl, role);
}

async function prepare(pool: pg.Pool, app: AppRole, role: string, password: string): Promise<void> {
  const query: Query = async (sql, parameters) => (await pool.query(sql, parameters)).rows;
  const plan = (run: Query) => planStatements(run, role, app.schema);
  try {
    // Roles belong to the whole server, so a migration of another database can create the same one.
    for (const { sql } of (await plan(query)).filter(({ step }) => step <= LAST_ROLE_STEP)) {
      await query(password ? sql.replace(PASSWORD, scramVerifier(password)) : sql).catch(ignoreExisting);
    }
    if ((await plan(query)).length > 0) {
      const monitor = { name: `the ownership of the schema ${app.schema}`, query };
      await retryWhileLocked(monitor, async (limitLockWaits) => {
        const client = await pool.connect();
        const run: Query = async (sql, parameters) => (await client.query(sql, parameters)).rows;
        try {
          await run('BEGIN');
          await run(`SELECT pg_advisory_xact_lock(${ROLE_LOCK})`);
          await limitLockWaits(run);
          for (const { sql } of await plan(run)) {
            await run(sql);
          }
          await run('COMMIT');
        } catch (error) {
          await run('ROLLBACK').catch(() => {});
          throw error;
        } finally {
          client.release();
        }
      });
    }
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) {
      throw error;
    }
    const statements = (await plan(query)).map(({ sql }) =>
      sql.replace(PASSWORD, `the password in ${app.variable}`),
    );
    throw new StartupError(
      `The role in ${app.migrationVariable} may not give the schema ${app.schema} to the role "${role}" ` +
        `(${(error as Error).message}). Let an administrator run these statements in this database, then run the ` +
        `migrations again:\n${statements.map((sql) => `  ${sql};`).join('\n')}`,
      { cause: error },
    );
  }
}

function ignoreExisting(error: { code?: string }): never[] {
  if (!ALREADY_EXISTS.has(error.code ?? '')) {
    throw error;
  }
  return [];
}

/** Adds the start-up option that sets the role of each session. `SET ROLE NONE` returns to the migration role. */
function withRole(url: string, role: string): string {
  const result = new URL(url);
  const options = [result.searchParams.get('options'), `-c role=${role.replace(/[\\\s]/g, String.raw`\$&`)}`];
  result.searchParams.set('options', options.filter(Boolean).join(' '));
  result.search = result.search.replaceAll('+', '%20');
  return result.href;
}

interface Statement {
  step: number;
  sql: string;
}

const PASSWORD = '{password}';
/** The steps up to this one concern the whole server, the others only this database. */
const LAST_ROLE_STEP = 2;

/**
 * Returns the statements that are still missing until the role owns its schema. Objects of extensions keep their owner, and
 * the sequence of a column belongs to its table. CREATE on the database allows trusted extensions and CREATE SCHEMA.
 */
async function planStatements(query: Query, role: string, schema: string): Promise<Statement[]> {
  const [server] = await query(
    "SELECT current_setting('server_version_num')::integer >= 160000 AS has_options",
  );
  const [option, isMember] = server?.has_options
    ? [' WITH SET TRUE, INHERIT TRUE', "pg_has_role(role, 'SET') AND pg_has_role(role, 'USAGE')"]
    : ['', "pg_has_role(role, 'USAGE')"];
  const rows = await query(
    `
    WITH app AS (
      SELECT $1::text AS name, to_regrole(quote_ident($1))::oid AS role,
        $2::text AS space, to_regnamespace(quote_ident($2))::oid AS namespace
    ), object AS (
      SELECT 'pg_class'::regclass AS catalog, oid, 'TABLE' AS kind, quote_ident(relname) AS identity, relowner AS owner
      FROM pg_class, app
      WHERE relnamespace = namespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND relkind = 'S' AND deptype IN ('a', 'i')
      )
      UNION ALL
      SELECT 'pg_proc'::regclass, oid, 'ROUTINE',
        format('%I(%s)', proname, pg_get_function_identity_arguments(oid)), proowner
      FROM pg_proc, app WHERE pronamespace = namespace
      UNION ALL
      SELECT 'pg_type'::regclass, pg_type.oid, 'TYPE', quote_ident(typname), typowner
      FROM app JOIN pg_type ON typnamespace = namespace LEFT JOIN pg_class ON pg_class.oid = typrelid
      WHERE typtype IN ('e', 'd', 'r') OR relkind = 'c'
    )
    SELECT 1 AS step, format('CREATE ROLE %I LOGIN PASSWORD ''${PASSWORD}''', name) AS sql
    FROM app WHERE role IS NULL
    UNION ALL
    SELECT 2, format('GRANT %I TO %I${option}', name, current_user)
    FROM app WHERE (${isMember}) IS NOT TRUE
    UNION ALL
    SELECT 3, format('GRANT CREATE ON DATABASE %I TO %I', current_database(), name)
    FROM app WHERE has_database_privilege(role, current_database(), 'CREATE') IS NOT TRUE
    UNION ALL
    SELECT 4, format('CREATE SCHEMA %I AUTHORIZATION %I', space, name)
    FROM app WHERE namespace IS NULL
    UNION ALL
    SELECT 5, format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', space)
    FROM app JOIN pg_namespace ON oid = namespace
    WHERE EXISTS (SELECT FROM aclexplode(nspacl) WHERE grantee = 0)
    UNION ALL
    SELECT 6, format('ALTER SCHEMA %I OWNER TO %I', space, name)
    FROM app JOIN pg_namespace ON oid = namespace WHERE nspowner IS DISTINCT FROM role
    UNION ALL
    SELECT 7, format('ALTER %s %I.%s OWNER TO %I', kind, space, identity, name)
    FROM app, object
    WHERE owner IS DISTINCT FROM role AND NOT EXISTS (
      SELECT FROM pg_depend WHERE classid = catalog AND objid = object.oid AND deptype = 'e'
    )
    ORDER BY step`,
    [role, schema],
  );
  return rows as unknown as Statement[];
}

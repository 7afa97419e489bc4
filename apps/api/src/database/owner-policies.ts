import { StartupError } from '@app/server/environment';
import pg from 'pg';
import type { DataSource, EntityMetadata } from 'typeorm';
import { isOwned, isShared } from './owned-tables.js';
import { OwnedEntity } from './owned.entity.js';
import { SWITCH_RIGHT } from './owner-scope-role.js';

const IS_OWNER = "(owner_id = current_setting('app.owner_id'::text, true))";
const SCOPE_PRIVILEGES = 'DELETE, INSERT, SELECT, UPDATE';

interface Relation {
  name: string;
  /** The role of scopes. */
  role: string;
  isOwnedByUser: boolean;
  isRowSecurityEnabled: boolean;
  isSecurityInvoker: boolean;
  /** Each as `command roles using check`. */
  policies: string[];
  /** What the role of scopes may do. */
  privileges: string;
}

/** A table whose policy or rights would let a scope see too much or too little. */
export interface PolicyProblem {
  table: string;
  reason: string;
  /** The statement for a migration. */
  fix: string;
  /** Reverts the fix, unless that drops the table. */
  revert?: string;
}

/**
 * Asserts that row-level security protects every owned table in a scope.
 * @returns the role of scopes.
 * @throws StartupError that says what to do.
 */
export async function assertPoliciesAreComplete(dataSource: DataSource): Promise<string> {
  const role = await readRole(dataSource);
  const problems = await findPolicyProblems(dataSource);
  if (problems.length > 0) {
    throw new StartupError(
      'Row-level security is incomplete. Run npm run db:generate, or write a migration with these statements:\n' +
        problems.map(({ table, reason, fix }) => `  ${fix}; -- ${table}: ${reason}`).join('\n'),
    );
  }
  return role;
}

async function readRole(dataSource: DataSource): Promise<string> {
  const [{ isMigrated }] = await dataSource.query(
    `SELECT to_regproc('owner_scope_role') IS NOT NULL AS "isMigrated"`,
  );
  if (!isMigrated) {
    throw new StartupError("The api's tables are missing or out of date. Run: npm run db:migrate");
  }
  const [{ role, user, canSwitch, isMember, isPrivileged }] = await dataSource.query(
    `SELECT role, current_user AS user, pg_has_role(role, current_user, 'MEMBER') AS "isMember",
       rolbypassrls OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS "isPrivileged",
       pg_has_role(current_user, role, ${SWITCH_RIGHT}) AS "canSwitch"
     FROM owner_scope_role() AS role JOIN pg_roles ON rolname = role`,
  );
  if (!canSwitch) {
    throw new StartupError(`The database role ${user} may not switch to ${role}. Run: npm run db:migrate`);
  }
  if (isMember) {
    throw new StartupError(
      `The database role ${role} is a member of ${user}. Run: REVOKE ${user} FROM ${role}`,
    );
  }
  if (isPrivileged) {
    throw new StartupError(
      `The database role ${role} has BYPASSRLS or is a member of another role, so it could see the rows of all owners. ` +
        `Run: ALTER ROLE ${pg.escapeIdentifier(role)} NOBYPASSRLS, and revoke its memberships`,
    );
  }
  return role;
}

/** Compares the policies and rights in the database with the entities. */
export async function findPolicyProblems(dataSource: DataSource): Promise<PolicyProblem[]> {
  const tables = dataSource.entityMetadatas.filter(({ tableType }) => tableType !== 'view');
  const owned = tables.filter(isOwned).map(({ tableName }) => tableName);
  const scoped = tables.filter(isScoped).map(({ tableName }) => tableName);
  const shared = tables.filter(isShared).map(({ tableName }) => tableName);
  const relations = await readRelations(dataSource);
  const enable = (name: string) =>
    `SELECT ${scoped.includes(name) ? 'enable_owner_scope' : 'enable_owner_policy'}('${name}')`;
  const missing = owned.filter((table) => !relations.some(({ name }) => name === table));
  return [
    ...missing.map((table) => ({ table, reason: 'it does not exist', fix: enable(table) })),
    ...relations.flatMap((relation): PolicyProblem[] => {
      const { name: table, role, privileges } = relation;
      if (owned.includes(table)) {
        if (!relation.isOwnedByUser) {
          const reason = 'it belongs to another role, so the policy would also apply to owned repositories';
          return [{ table, reason, fix: `ALTER TABLE ${table} OWNER TO CURRENT_USER` }];
        }
        const reason = findProblem(relation, scoped.includes(table) ? SCOPE_PRIVILEGES : '');
        return reason
          ? [{ table, reason, fix: enable(table), revert: `SELECT disable_owner_scope('${table}')` }]
          : [];
      }
      const isReadable = shared.includes(table) || relation.isSecurityInvoker;
      // A table without an entity may belong to the next version of the app.
      return privileges === '' ||
        (isReadable && privileges === 'SELECT') ||
        !findProblem(relation, SCOPE_PRIVILEGES)
        ? []
        : [
            {
              table,
              reason: `a scope may ${privileges}`,
              fix: `REVOKE ALL ON ${table} FROM ${role}, PUBLIC`,
            },
          ];
    }),
  ];
}

function findProblem(relation: Relation, privileges: string): string | undefined {
  if (!relation.isRowSecurityEnabled) {
    return 'row-level security is off';
  }
  if (relation.policies.join() !== `* ${relation.role} ${IS_OWNER} ${IS_OWNER}`) {
    return 'its policies are not exactly the one of enable_owner_scope';
  }
  return relation.privileges === privileges
    ? undefined
    : `a scope may ${relation.privileges || 'nothing'} instead of ${privileges || 'nothing'}`;
}

/** The tables of features. Those behind the owned repository have no rights in a scope. */
const isScoped = ({ inheritanceTree }: EntityMetadata) => inheritanceTree.includes(OwnedEntity);

async function readRelations(dataSource: DataSource): Promise<Relation[]> {
  return dataSource.query(
    `SELECT relname AS name, owner_scope_role() AS role,
       pg_has_role(current_user, relowner, 'USAGE') AS "isOwnedByUser",
       relrowsecurity AS "isRowSecurityEnabled",
       COALESCE(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false) AS "isSecurityInvoker",
       ARRAY(
         SELECT concat_ws(' ', polcmd, ARRAY_TO_STRING(ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (polroles)), ','),
           pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
         FROM pg_policy WHERE polrelid = pg_class.oid
       ) AS policies,
       ARRAY_TO_STRING(ARRAY(
         SELECT DISTINCT privilege_type
         FROM (
           SELECT relacl AS acl
           UNION ALL
           SELECT attacl FROM pg_attribute WHERE attrelid = pg_class.oid
         ) AS acls, aclexplode(acl)
         WHERE grantee = quote_ident(owner_scope_role())::regrole OR (grantee = 0 AND NOT EXISTS (
           SELECT FROM pg_depend
           WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
         ))
         ORDER BY privilege_type
       ), ', ') AS privileges
     FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')`,
  );
}

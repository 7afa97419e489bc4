import type { DataSource, EntityMetadata } from 'typeorm';
import { isOwned, isShared } from './owned-tables.js';
import { OwnedEntity } from './owned.entity.js';

const IS_OWNER = "(owner_id = current_setting('app.owner_id'::text, true))";
const SCOPE_PRIVILEGES = 'DELETE, INSERT, SELECT, UPDATE';

interface Relation {
  name: string;
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
}

/**
 * Asserts that row-level security protects every owned table in a scope.
 * @returns the role of scopes.
 * @throws Error that says what to do.
 */
export async function assertPoliciesAreComplete(dataSource: DataSource): Promise<string> {
  const role = await readRole(dataSource);
  const problems = await findPolicyProblems(dataSource);
  if (problems.length > 0) {
    throw new Error(
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
    throw new Error("The api's tables are missing or out of date. Run: npm run db:migrate");
  }
  const [{ role, user, canSwitch, isMember }] = await dataSource.query(
    `SELECT role, current_user AS user, pg_has_role(role, current_user, 'MEMBER') AS "isMember",
       pg_has_role(current_user, role, CASE
         WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END) AS "canSwitch"
     FROM owner_scope_role() AS role`,
  );
  if (!canSwitch) {
    throw new Error(`The database role ${user} may not switch to ${role}. Run: npm run db:migrate`);
  }
  if (isMember) {
    throw new Error(`The database role ${role} is a member of ${user}. Run: REVOKE ${user} FROM ${role}`);
  }
  return role;
}

/** Compares the policies and rights in the database with the entities. */
export async function findPolicyProblems(dataSource: DataSource): Promise<PolicyProblem[]> {
  const tables = dataSource.entityMetadatas.filter(({ tableType }) => tableType !== 'view');
  const owned = tables.filter(isOwned).map(({ tableName }) => tableName);
  const scoped = tables.filter(isScoped).map(({ tableName }) => tableName);
  const shared = tables.filter(isShared).map(({ tableName }) => tableName);
  const { role, relations } = await readRelations(dataSource, owned);
  return relations.flatMap((relation): PolicyProblem[] => {
    const { name, privileges } = relation;
    if (owned.includes(name)) {
      if (!relation.isOwnedByUser) {
        const reason = 'it belongs to another role, so the policy would also apply to owned repositories';
        return [{ table: name, reason, fix: `ALTER TABLE ${name} OWNER TO CURRENT_USER` }];
      }
      const isInScope = scoped.includes(name);
      const reason = findProblem(relation, role, isInScope ? SCOPE_PRIVILEGES : '');
      const enable = isInScope ? 'enable_owner_scope' : 'enable_owner_policy';
      return reason ? [{ table: name, reason, fix: `SELECT ${enable}('${name}')` }] : [];
    }
    const isReadable = shared.includes(name) || relation.isSecurityInvoker;
    // A table without an entity may belong to the next version of the app.
    return privileges === '' ||
      (isReadable && privileges === 'SELECT') ||
      !findProblem(relation, role, SCOPE_PRIVILEGES)
      ? []
      : [{ table: name, reason: `a scope may ${privileges}`, fix: `REVOKE ALL ON ${name} FROM ${role}` }];
  });
}

function findProblem(relation: Relation, role: string, privileges: string): string | undefined {
  if (!relation.isRowSecurityEnabled) {
    return 'row-level security is off';
  }
  if (relation.policies.join() !== `* ${role} ${IS_OWNER} ${IS_OWNER}`) {
    return 'its policies are not exactly the one of enable_owner_scope';
  }
  return relation.privileges === privileges
    ? undefined
    : `a scope may ${relation.privileges || 'nothing'} instead of ${privileges || 'nothing'}`;
}

/** The tables of features. Those behind the owned repository have no rights in a scope. */
const isScoped = ({ inheritanceTree }: EntityMetadata) => inheritanceTree.includes(OwnedEntity);

async function readRelations(
  dataSource: DataSource,
  owned: string[],
): Promise<{ role: string; relations: Relation[] }> {
  const [{ role }] = await dataSource.query('SELECT owner_scope_role() AS role');
  const relations = await dataSource.query(
    `SELECT relname AS name,
       pg_has_role(current_user, relowner, 'USAGE') AS "isOwnedByUser",
       relrowsecurity AS "isRowSecurityEnabled",
       COALESCE(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false) AS "isSecurityInvoker",
       ARRAY(
         SELECT concat_ws(' ', polcmd, ARRAY_TO_STRING(ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY (polroles)), ','),
           pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
         FROM pg_policy WHERE polrelid = pg_class.oid
       ) AS policies,
       ARRAY_TO_STRING(ARRAY(
         SELECT DISTINCT privilege_type FROM aclexplode(relacl)
         WHERE grantee = quote_ident(owner_scope_role())::regrole OR (grantee = 0 AND relname = ANY ($1))
         ORDER BY privilege_type
       ), ', ') AS privileges
     FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [owned],
  );
  return { role, relations };
}

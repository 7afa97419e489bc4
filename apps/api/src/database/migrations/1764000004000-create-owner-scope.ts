import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dropOwnerScopeRole, readOwnerScopeRole } from '../owner-scope-role.js';

/** Row-level security for `OwnerScope`. See docs/data-access.md. */
export class CreateOwnerScope1764000004000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const role = await readOwnerScopeRole(queryRunner);
    const [{ literal, schema }] = await queryRunner.query(
      'SELECT quote_literal($1::text) AS literal, quote_ident(current_schema()) AS schema',
      [role],
    );
    // A function, so that the role is known in a database that was copied or restored under another name.
    await queryRunner.query(`
      CREATE FUNCTION owner_scope_role() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ${literal}::text $$
    `);
    await queryRunner.query(`
      CREATE FUNCTION current_owner_id() RETURNS text LANGUAGE sql STABLE AS $$
        SELECT NULLIF(current_setting('app.owner_id', true), '')
      $$
    `);
    await queryRunner.query(`
      CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(
          set_byte(
            overlay(
              uuid_send(gen_random_uuid())
              PLACING substring(int8send((EXTRACT(epoch FROM statement_timestamp()) * 1000)::bigint) FROM 3) FROM 1
            ),
            6,
            112 | (get_byte(uuid_send(gen_random_uuid()), 6) & 15)
          ),
          'hex'
        )::uuid
      $$
    `);
    await queryRunner.query(`
      CREATE FUNCTION update_version() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.version := OLD.version + 1;
        NEW.updated_at := statement_timestamp();
        RETURN NEW;
      END
      $$
    `);
    // The sizes come from the catalog, so that new columns count. OwnedRepository charges its own statements.
    await queryRunner.query(`
      CREATE FUNCTION charge_changed_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = ${schema}, pg_temp AS $$
      DECLARE
        bytes text;
        changes text;
        change record;
      BEGIN
        SELECT string_agg(
          format(
            'COALESCE(octet_length(%I%s), 0)',
            attname,
            CASE WHEN atttypid NOT IN ('text'::regtype, 'varchar'::regtype) THEN '::text' END
          ),
          ' + '
        ) INTO bytes
        FROM pg_attribute
        WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attlen = -1 AND attname <> 'owner_id';
        changes := concat_ws(
          ' UNION ALL ',
          CASE WHEN TG_OP <> 'DELETE' THEN
            format('SELECT owner_id, 1 AS sign, %s AS size FROM new_rows', COALESCE(bytes, '0'))
          END,
          CASE WHEN TG_OP <> 'INSERT' THEN
            format('SELECT owner_id, -1 AS sign, %s AS size FROM old_rows', COALESCE(bytes, '0'))
          END
        );
        FOR change IN EXECUTE format(
          'SELECT owner_id, sum(sign) AS rows, sum(sign * size) AS bytes FROM (%s) AS changes GROUP BY owner_id',
          changes
        ) LOOP
          PERFORM charge_owner_usage(
            change.owner_id,
            change.rows,
            change.bytes,
            NULLIF(current_setting('app.owner_max_rows', true), '')::bigint,
            NULLIF(current_setting('app.owner_max_bytes', true), '')::bigint
          );
        END LOOP;
        RETURN NULL;
      END
      $$
    `);
    await queryRunner.query(`
      CREATE FUNCTION enable_owner_policy(target regclass) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        is_owner text := 'owner_id = current_setting(''app.owner_id'', true)';
      BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('DROP POLICY IF EXISTS owner_scope ON %s', target);
        EXECUTE format(
          'CREATE POLICY owner_scope ON %s TO %I USING (%s) WITH CHECK (%3$s)', target, owner_scope_role(), is_owner
        );
      END
      $$
    `);
    await queryRunner.query(`
      CREATE FUNCTION enable_owner_scope(target regclass) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        in_scope text := 'current_setting(''app.owner_id'', true) <> '''' OR pg_trigger_depth() > 0';
        operation text;
      BEGIN
        PERFORM enable_owner_policy(target);
        EXECUTE format('REVOKE ALL ON %s FROM %I', target, owner_scope_role());
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', target, owner_scope_role());
        EXECUTE format(
          'ALTER TABLE %s
             ALTER owner_id SET DEFAULT current_owner_id(),
             ALTER id SET DEFAULT uuid_v7(),
             ALTER created_at SET DEFAULT statement_timestamp(),
             ALTER updated_at SET DEFAULT statement_timestamp()',
          target
        );
        EXECUTE format(
          'CREATE OR REPLACE TRIGGER owner_scope_version BEFORE UPDATE ON %s FOR EACH ROW
           WHEN (%s) EXECUTE FUNCTION update_version()',
          target, in_scope
        );
        FOREACH operation IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
          EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s %s FOR EACH STATEMENT
             WHEN (%s) EXECUTE FUNCTION charge_changed_rows()',
            'owner_scope_usage_' || lower(operation),
            operation,
            target,
            CASE WHEN operation <> 'DELETE' THEN 'NEW TABLE AS new_rows' END,
            CASE WHEN operation <> 'INSERT' THEN 'OLD TABLE AS old_rows' END,
            in_scope
          );
        END LOOP;
      END
      $$
    `);
    await queryRunner.query(`
      CREATE FUNCTION disable_owner_scope(target regclass) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        name text;
      BEGIN
        EXECUTE format('DROP POLICY IF EXISTS owner_scope ON %s', target);
        EXECUTE format('REVOKE ALL ON %s FROM %I', target, owner_scope_role());
        EXECUTE format(
          'ALTER TABLE %s
             DISABLE ROW LEVEL SECURITY,
             ALTER owner_id DROP DEFAULT,
             ALTER id DROP DEFAULT,
             ALTER created_at DROP DEFAULT,
             ALTER updated_at DROP DEFAULT',
          target
        );
        FOREACH name IN ARRAY ARRAY['version', 'usage_insert', 'usage_update', 'usage_delete'] LOOP
          EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'owner_scope_' || name, target);
        END LOOP;
      END
      $$
    `);
    await queryRunner.query(`SELECT enable_owner_scope('tasks')`);
    // A scope has no rights on the tables behind OwnedRepository, except through it.
    await queryRunner.query(`SELECT enable_owner_policy('idempotency_keys')`);
    await queryRunner.query(`SELECT enable_owner_policy('owner_usage')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const role = await readOwnerScopeRole(queryRunner);
    await queryRunner.query(`SELECT disable_owner_scope('tasks')`);
    for (const table of ['owner_usage', 'idempotency_keys']) {
      await queryRunner.query(`DROP POLICY owner_scope ON ${table}`);
      await queryRunner.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
    }
    await queryRunner.query(
      'DROP FUNCTION disable_owner_scope, enable_owner_scope, enable_owner_policy, charge_changed_rows, update_version, uuid_v7, current_owner_id, owner_scope_role',
    );
    await dropOwnerScopeRole(queryRunner, role);
  }
}

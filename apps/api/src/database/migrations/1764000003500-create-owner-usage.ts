import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOwnerUsage1764000003500 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // The free space lets PostgreSQL update a row within its page.
    await queryRunner.query(`
      CREATE TABLE owner_usage (
        owner_id text NOT NULL,
        rows bigint NOT NULL,
        bytes bigint NOT NULL,
        CONSTRAINT owner_usage_pkey PRIMARY KEY (owner_id)
      ) WITH (fillfactor = 50)
    `);
    await queryRunner.query(`
      INSERT INTO owner_usage (owner_id, rows, bytes)
      SELECT owner_id, count(*), sum(octet_length(title) + COALESCE(octet_length(description), 0))
      FROM tasks GROUP BY owner_id
    `);
    // A function, because a statement that changes a row can call it in RETURNING: both succeed or both fail, without
    // a second round trip. A maximum of NULL is no limit. Lowered limits don't prevent updates that free space.
    await queryRunner.query(`
      CREATE FUNCTION charge_owner_usage(
        owner text, added_rows bigint, added_bytes bigint, max_rows bigint, max_bytes bigint
      ) RETURNS boolean LANGUAGE plpgsql AS $$
      DECLARE
        used_rows bigint;
        used_bytes bigint;
      BEGIN
        INSERT INTO owner_usage AS usage (owner_id, rows, bytes)
        VALUES (owner, GREATEST(added_rows, 0), GREATEST(added_bytes, 0))
        ON CONFLICT (owner_id) DO UPDATE
        SET rows = GREATEST(usage.rows + added_rows, 0), bytes = GREATEST(usage.bytes + added_bytes, 0)
        RETURNING usage.rows, usage.bytes INTO used_rows, used_bytes;
        IF added_rows > 0 AND used_rows > max_rows THEN
          RAISE EXCEPTION 'owner has too many rows' USING ERRCODE = 'OQ001';
        END IF;
        IF added_bytes > 0 AND used_bytes > max_bytes THEN
          RAISE EXCEPTION 'owner has too many bytes' USING ERRCODE = 'OQ002';
        END IF;
        RETURN true;
      END
      $$
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION charge_owner_usage');
    await queryRunner.query('DROP TABLE owner_usage');
  }
}

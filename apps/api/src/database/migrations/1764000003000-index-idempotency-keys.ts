import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The indexes of the cleanup job. */
const indexes = {
  idempotency_keys_created_idx: '(created_at)',
  idempotency_keys_owner_created_idx: '(owner_id, created_at)',
};

/**
 * Adds the indexes of the cleanup job without blocking requests. Keeps an index that exists, because older versions of this
 * migration allowed creating it first, unless an interrupted run left it invalid.
 */
export class IndexIdempotencyKeys1764000003000 implements MigrationInterface {
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, columns] of Object.entries(indexes)) {
      const invalid: unknown[] = await queryRunner.query(
        `SELECT FROM pg_index WHERE indexrelid = to_regclass('${name}') AND NOT indisvalid`,
      );
      if (invalid.length > 0) {
        await queryRunner.query(`DROP INDEX CONCURRENTLY ${name}`);
      }
      await queryRunner.query(
        `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON idempotency_keys ${columns}`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of Object.keys(indexes)) {
      await queryRunner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    }
  }
}

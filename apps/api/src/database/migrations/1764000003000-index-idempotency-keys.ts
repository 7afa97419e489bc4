import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds the indexes of the cleanup job. Building them blocks requests with a key: about a second per million keys. For a
 * larger table, run the same statements with CONCURRENTLY first; the migration then has nothing left to do.
 */
export class IndexIdempotencyKeys1764000003000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE INDEX IF NOT EXISTS idempotency_keys_created_idx ON idempotency_keys (created_at)',
    );
    await queryRunner.query(
      'CREATE INDEX IF NOT EXISTS idempotency_keys_owner_created_idx ON idempotency_keys (owner_id, created_at)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX idempotency_keys_owner_created_idx');
    await queryRunner.query('DROP INDEX idempotency_keys_created_idx');
  }
}

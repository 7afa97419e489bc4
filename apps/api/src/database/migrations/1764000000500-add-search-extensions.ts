import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds trigram and btree operator classes for GIN, for search indexes that start with the owner. Both are trusted extensions, so the role does not have to be a superuser. */
export class AddSearchExtensions1764000000500 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS btree_gin');
  }

  /** Keeps the extensions, because they may have existed before. */
  async down(): Promise<void> {}
}

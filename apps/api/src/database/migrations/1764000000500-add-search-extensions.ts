import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For indexes that a search uses: trigrams of texts, behind the owner. Both are trusted, so that no superuser is needed. */
export class AddSearchExtensions1764000000500 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await queryRunner.query('CREATE EXTENSION IF NOT EXISTS btree_gin');
  }

  /** They stay: they may have been there before. */
  async down(): Promise<void> {}
}

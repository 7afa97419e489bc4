import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSampleItems implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "sample_items" (
        owner_id text NOT NULL,
        id uuid NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT sample_items_pkey PRIMARY KEY (owner_id, id)
      )
    `);
    await queryRunner.query(`
      CREATE INDEX sample_items_search_idx ON "sample_items" USING gin (
        owner_id
      )
    `);
    await queryRunner.query(`SELECT enable_owner_scope('sample_items')`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "sample_items"');
  }
}

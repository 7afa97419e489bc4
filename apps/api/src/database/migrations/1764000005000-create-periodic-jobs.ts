import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePeriodicJobs1764000005000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE periodic_jobs (
        name text NOT NULL,
        period_start timestamptz NOT NULL,
        leased_until timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT periodic_jobs_pkey PRIMARY KEY (name)
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE periodic_jobs');
  }
}

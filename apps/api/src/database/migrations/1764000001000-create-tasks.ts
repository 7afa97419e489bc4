import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTasks1764000001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE tasks (
        owner_id text NOT NULL,
        id uuid NOT NULL,
        version integer NOT NULL DEFAULT 1,
        title text COLLATE "und-x-icu" NOT NULL,
        description text,
        completed boolean NOT NULL DEFAULT false,
        due_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT tasks_pkey PRIMARY KEY (owner_id, id)
      )
    `);
    await queryRunner.query('CREATE INDEX tasks_owner_due_idx ON tasks (owner_id, due_at, id)');
    await queryRunner.query('CREATE INDEX tasks_owner_title_idx ON tasks (owner_id, title, id)');
    await queryRunner.query(`
      CREATE INDEX tasks_search_idx ON tasks USING gin (
        owner_id,
        lower(title COLLATE "und-x-icu") gin_trgm_ops,
        lower(description COLLATE "und-x-icu") gin_trgm_ops
      )
    `);
    await queryRunner.query('CREATE INDEX tasks_owner_open_idx ON tasks (owner_id, id) WHERE NOT completed');
    await queryRunner.query(
      'CREATE INDEX tasks_owner_open_due_idx ON tasks (owner_id, due_at, id) WHERE NOT completed',
    );
    await queryRunner.query(
      'CREATE INDEX tasks_owner_open_title_idx ON tasks (owner_id, title, id) WHERE NOT completed',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE tasks');
  }
}

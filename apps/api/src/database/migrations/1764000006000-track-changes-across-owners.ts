import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets the triggers for versions and quotas also run in `SystemDatabase`, which sets `app.across_owners`. */
export class TrackChangesAcrossOwners1764000006000 implements MigrationInterface {
  private readonly scope = `current_setting(''app.owner_id'', true) <> ''''`;
  private readonly scopeOrSystem = `${this.scope} OR current_setting(''app.across_owners'', true) = ''on''`;

  async up(queryRunner: QueryRunner): Promise<void> {
    await this.replaceCondition(queryRunner, this.scope, this.scopeOrSystem);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await this.replaceCondition(queryRunner, this.scopeOrSystem, this.scope);
  }

  /** Changes the condition in the function that creates the triggers, and creates them again. */
  private async replaceCondition(queryRunner: QueryRunner, before: string, after: string): Promise<void> {
    const [{ definition }] = await queryRunner.query(
      `SELECT pg_get_functiondef('enable_owner_scope'::regproc) AS definition`,
    );
    await queryRunner.query(definition.replace(before, after));
    await queryRunner.query(`
      SELECT enable_owner_scope(tgrelid) FROM pg_trigger
      JOIN pg_class ON pg_class.oid = tgrelid
      WHERE tgname = 'owner_scope_version' AND relnamespace = current_schema()::regnamespace
    `);
  }
}

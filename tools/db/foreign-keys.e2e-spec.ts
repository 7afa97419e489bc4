import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../test/database.js';
import { findForeignKeyChanges, keepOwner } from './foreign-keys.js';
import { migrationSteps } from './migration-steps.js';

describe('keepOwner', () => {
  it.each([
    [
      'FOREIGN KEY ("owner_id", "list_id") REFERENCES "lists"("owner_id","id") ON DELETE SET NULL ON UPDATE NO ACTION',
    ],
    [
      'FOREIGN KEY ("owner_id", "list_id") REFERENCES "lists"("owner_id","id") ON DELETE SET NULL ("owner_id") ON UPDATE NO ACTION',
    ],
  ])('names the column without the owner: %s', (sql) => {
    expect(keepOwner(`ALTER TABLE "tasks" ADD CONSTRAINT "c" ${sql}`)).toBe(
      'ALTER TABLE "tasks" ADD CONSTRAINT "c" FOREIGN KEY ("owner_id", "list_id") ' +
        'REFERENCES "lists"("owner_id","id") ON DELETE SET NULL ("list_id") ON UPDATE NO ACTION',
    );
  });

  it.each([
    'FOREIGN KEY ("list_id") REFERENCES "lists"("id") ON DELETE SET NULL',
    'FOREIGN KEY ("owner_id", "list_id") REFERENCES "lists"("owner_id","id") ON DELETE CASCADE',
  ])('does not change %s', (sql) => {
    expect(keepOwner(sql)).toBe(sql);
  });
});

describe('findForeignKeyChanges', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await dataSource.query(`
      CREATE TABLE items (
        owner_id text NOT NULL, id uuid, task_id uuid, list_id uuid, other_id uuid, PRIMARY KEY (owner_id, id),
        CONSTRAINT right_fkey FOREIGN KEY (owner_id, task_id) REFERENCES tasks (owner_id, id)
          ON DELETE SET NULL (task_id),
        CONSTRAINT wrong_fkey FOREIGN KEY (owner_id, list_id) REFERENCES tasks (owner_id, id) ON DELETE SET NULL,
        CONSTRAINT other_fkey FOREIGN KEY (owner_id, other_id) REFERENCES tasks (owner_id, id) ON DELETE CASCADE
      )`);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('replaces a key that would set the owner to null, and can be reverted', async () => {
    const changes = await findForeignKeyChanges(dataSource, []);
    expect(changes.up).toEqual([
      'ALTER TABLE "items" DROP CONSTRAINT "wrong_fkey"',
      'ALTER TABLE "items" ADD CONSTRAINT "wrong_fkey" FOREIGN KEY (owner_id, list_id) ' +
        'REFERENCES tasks(owner_id, id) ON DELETE SET NULL (list_id)',
    ]);
    for (const sql of migrationSteps(changes).flatMap(({ up }) => up)) {
      await dataSource.query(sql);
    }
    expect(await findForeignKeyChanges(dataSource, [])).toEqual({ up: [], down: [] });
    for (const sql of changes.down) {
      await dataSource.query(sql);
    }
    expect(await findForeignKeyChanges(dataSource, [])).toEqual(changes);
  });

  it('leaves a key to TypeORM if the entity has changed, too', async () => {
    const others = ['ALTER TABLE "items" DROP CONSTRAINT "wrong_fkey"'];
    expect(await findForeignKeyChanges(dataSource, others)).toEqual({ up: [], down: [] });
  });
});

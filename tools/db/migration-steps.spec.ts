import { describe, expect, it } from '@jest/globals';
import { migrationSteps, reviewNotes } from './migration-steps.js';

describe('migrationSteps', () => {
  it('keeps the statements of a new table in one migration', () => {
    const up = [
      'CREATE TABLE "notes" ("id" uuid NOT NULL)',
      'CREATE INDEX "notes_idx" ON "notes" ("id") ',
      'ALTER TABLE "notes" ADD CONSTRAINT "notes_check" CHECK (true)',
    ];
    const down = ['DROP INDEX "public"."notes_idx"', 'DROP TABLE "notes"'];
    expect(migrationSteps({ up, down })).toEqual([{ suffix: '', up, down }]);
  });

  it('adds a column with a default in one statement', () => {
    const up = [`ALTER TABLE "tasks" ADD "stars" integer NOT NULL DEFAULT '3'`];
    const down = ['ALTER TABLE "tasks" DROP COLUMN "stars"'];
    expect(migrationSteps({ up, down })).toEqual([{ suffix: '', up, down }]);
  });

  it('rejects a column that existing rows have no value for', () => {
    const up = ['ALTER TABLE "tasks" ADD "stars" integer NOT NULL'];
    expect(() => migrationSteps({ up, down: [] })).toThrow(
      'The new column "stars" of "tasks" is NOT NULL without a default',
    );
  });

  it.each([
    ['CREATE INDEX "tasks_idx" ON "tasks"  ("a") WHERE NOT completed', 'INDEX'],
    ['CREATE UNIQUE INDEX "tasks_idx" ON "tasks"  ("a") WHERE NOT completed', 'UNIQUE INDEX'],
  ])('creates an index of an existing table concurrently: %s', (sql, kind) => {
    expect(migrationSteps({ up: [sql], down: ['DROP INDEX "public"."tasks_idx"'] })).toEqual([
      {
        suffix: '-concurrently',
        up: [
          'DROP INDEX CONCURRENTLY IF EXISTS "tasks_idx"',
          `CREATE ${kind} CONCURRENTLY "tasks_idx" ON "tasks" ("a") WHERE NOT completed`,
        ],
        down: ['DROP INDEX CONCURRENTLY IF EXISTS "tasks_idx"'],
      },
    ]);
  });

  it.each(['CHECK (a > 1)', 'FOREIGN KEY ("a") REFERENCES "b"("id")'])(
    'validates a constraint after it exists: %s',
    (definition) => {
      const add = `ALTER TABLE "tasks" ADD CONSTRAINT "c" ${definition}`;
      const down = ['ALTER TABLE "tasks" DROP CONSTRAINT "c"'];
      expect(migrationSteps({ up: [add], down })).toEqual([
        { suffix: '', up: [`${add} NOT VALID`], down },
        { suffix: '-concurrently', up: ['ALTER TABLE "tasks" VALIDATE CONSTRAINT "c"'], down: [] },
      ]);
    },
  );

  it('sets NOT NULL without a scan under an exclusive lock', () => {
    const up = ['ALTER TABLE "tasks" ALTER COLUMN "a" SET NOT NULL'];
    const down = ['ALTER TABLE "tasks" ALTER COLUMN "a" DROP NOT NULL'];
    expect(migrationSteps({ up, down })).toEqual([
      {
        suffix: '',
        up: ['ALTER TABLE "tasks" ADD CONSTRAINT "tasks_a_not_null" CHECK ("a" IS NOT NULL) NOT VALID'],
        down: ['ALTER TABLE "tasks" DROP CONSTRAINT IF EXISTS "tasks_a_not_null"'],
      },
      {
        suffix: '-concurrently',
        up: ['ALTER TABLE "tasks" VALIDATE CONSTRAINT "tasks_a_not_null"'],
        down: [],
      },
      {
        suffix: '-constraints',
        up: [up[0], 'ALTER TABLE "tasks" DROP CONSTRAINT "tasks_a_not_null"'],
        down,
      },
    ]);
  });

  it('creates the index of a unique constraint concurrently', () => {
    const up = ['ALTER TABLE "tasks" ADD CONSTRAINT "u" UNIQUE ("owner_id", "a")'];
    const down = ['ALTER TABLE "tasks" DROP CONSTRAINT "u"'];
    expect(migrationSteps({ up, down })).toEqual([
      {
        suffix: '-concurrently',
        up: [
          'DROP INDEX CONCURRENTLY IF EXISTS "u"',
          'CREATE UNIQUE INDEX CONCURRENTLY "u" ON "tasks" ("owner_id", "a")',
        ],
        down: ['DROP INDEX CONCURRENTLY IF EXISTS "u"'],
      },
      {
        suffix: '-constraints',
        up: ['ALTER TABLE "tasks" ADD CONSTRAINT "u" UNIQUE USING INDEX "u"'],
        down,
      },
    ]);
  });

  it('notes statements that delete data, rewrite the table or break the running version', () => {
    const notes = reviewNotes([
      'ALTER TABLE "tasks" DROP COLUMN "title"',
      'ALTER TABLE "tasks" RENAME COLUMN "a" TO "b"',
      'ALTER TABLE "tasks" ALTER COLUMN "a" TYPE bigint',
      'ALTER TABLE "tasks" ADD "a" uuid NOT NULL DEFAULT gen_random_uuid()',
      'ALTER TABLE "tasks" ADD "b" timestamptz NOT NULL DEFAULT now()',
      `ALTER TABLE "tasks" ADD "c" integer NOT NULL DEFAULT '3'`,
    ]);
    expect(notes).toHaveLength(4);
    expect(notes[0]).toContain('deletes data');
  });
});

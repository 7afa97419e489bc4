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

  it('drops an index that changes after its successor exists', () => {
    const up = [
      'DROP INDEX "public"."tasks_idx"',
      'CREATE INDEX "tasks_idx" ON "tasks" ("a", "b") ',
      'DROP INDEX "public"."other_idx"',
    ];
    const down = [
      'CREATE INDEX "other_idx" ON "tasks" ("c") ',
      'DROP INDEX "public"."tasks_idx"',
      'CREATE INDEX "tasks_idx" ON "tasks" ("a") ',
    ];
    expect(migrationSteps({ up, down })).toEqual([
      {
        suffix: '',
        up: ['ALTER INDEX "public"."tasks_idx" RENAME TO "old_tasks_idx"', up[2]],
        down: ['DROP INDEX IF EXISTS "old_tasks_idx"', down[0], down[2]],
      },
      {
        suffix: '-concurrently',
        up: [
          'DROP INDEX CONCURRENTLY IF EXISTS "tasks_idx"',
          'CREATE INDEX CONCURRENTLY "tasks_idx" ON "tasks" ("a", "b")',
          'DROP INDEX CONCURRENTLY IF EXISTS "old_tasks_idx"',
        ],
        down: ['DROP INDEX CONCURRENTLY IF EXISTS "tasks_idx"'],
      },
    ]);
  });

  it('keeps a unique constraint that changes until its successor is valid', () => {
    const up = [
      'ALTER TABLE "tasks" DROP CONSTRAINT "u"',
      'ALTER TABLE "tasks" ADD CONSTRAINT "u" UNIQUE ("owner_id", "a")',
    ];
    const down = [
      'ALTER TABLE "tasks" DROP CONSTRAINT "u"',
      'ALTER TABLE "tasks" ADD CONSTRAINT "u" UNIQUE ("owner_id", "b")',
    ];
    const [main, concurrent, final] = migrationSteps({ up, down });
    expect(main).toEqual({
      suffix: '',
      up: ['ALTER TABLE "tasks" RENAME CONSTRAINT "u" TO "old_u"'],
      down: ['ALTER TABLE "tasks" DROP CONSTRAINT IF EXISTS "old_u"', down[1]],
    });
    expect(concurrent!.up).toEqual([
      'DROP INDEX CONCURRENTLY IF EXISTS "u"',
      'CREATE UNIQUE INDEX CONCURRENTLY "u" ON "tasks" ("owner_id", "a")',
    ]);
    expect(final).toEqual({
      suffix: '-constraints',
      up: [
        'ALTER TABLE "tasks" DROP CONSTRAINT IF EXISTS "old_u"',
        'ALTER TABLE "tasks" ADD CONSTRAINT "u" UNIQUE USING INDEX "u"',
      ],
      down: [down[0]],
    });
  });

  it.each([
    'ALTER TABLE "tasks" ADD "a" uuid NOT NULL DEFAULT uuid_v7()',
    'ALTER TABLE "tasks" ADD "a" uuid NOT NULL DEFAULT uuid_generate_v4()',
    'ALTER TABLE "tasks" ADD "a" float NOT NULL DEFAULT (random())',
    'ALTER TABLE "tasks" ADD CONSTRAINT "e" EXCLUDE USING gist ("a" WITH =)',
    'ALTER TABLE "tasks" ADD CONSTRAINT "tasks_pkey" PRIMARY KEY ("a")',
  ])('notes a statement that takes long under an exclusive lock: %s', (sql) => {
    expect(reviewNotes([sql])).toEqual([expect.stringContaining('under an exclusive lock')]);
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

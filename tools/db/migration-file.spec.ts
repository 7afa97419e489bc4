import { describe, expect, it } from '@jest/globals';
import { assertMigrationName, migrationSource, registered } from './migration-file.js';

describe('db:generate', () => {
  it('requires a name that begins with a verb', () => {
    expect(assertMigrationName('add-priority-to-tasks')).toBe('add-priority-to-tasks');
    for (const name of [undefined, '', 'priority', 'add', 'AddPriority', 'tasks-priority', 'add-../x']) {
      expect(() => assertMigrationName(name)).toThrow('begins with a verb');
    }
  });

  it('writes readable SQL for both directions', () => {
    const source = migrationSource('create-notes', 17, {
      up: [`CREATE TABLE "notes" ("text" numeric(3,1) DEFAULT 'a,(', CONSTRAINT "x" PRIMARY KEY ("a", "b"))`],
      down: ['DROP TABLE "notes"', 'SELECT `a\\b${c}`'],
    });
    expect(source).toContain('export class CreateNotes17 implements MigrationInterface');
    expect(source).toContain(`
      CREATE TABLE "notes" (
        "text" numeric(3,1) DEFAULT 'a,(',
        CONSTRAINT "x" PRIMARY KEY ("a", "b")
      )`);
    expect(source).toContain('`SELECT \\`a\\\\b\\${c}\\``');
  });

  it.each([
    [
      "import { A1 } from './1-a.js';\n\nexport const migrations = [A1];\n",
      "import { A1 } from './1-a.js';\nimport { CreateNotes17 } from './17-create-notes.js';\n\nexport const migrations = [A1, CreateNotes17];\n",
    ],
    [
      "import { A1 } from './1-a.js';\n\nexport const migrations = [\n  A1,\n];\n",
      "import { A1 } from './1-a.js';\nimport { CreateNotes17 } from './17-create-notes.js';\n\nexport const migrations = [\n  A1, CreateNotes17];\n",
    ],
  ])('adds the migration to %j', (index, expected) => {
    expect(registered(index, 'create-notes', 17)).toBe(expected);
  });
});

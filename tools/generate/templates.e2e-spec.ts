import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { queryOnce } from '../test/test-databases.js';
import { root } from '../project.js';
import { parseFields } from './fields.js';
import { migrationOf, moduleFiles } from './module-files.js';
import { parseName } from './names.js';
import { filesIn } from './record.js';
import { postgresKeyWords } from './reserved-words.js';
import { webFiles } from './templates/web.js';

const names = parseName('tasks');
const fields = parseFields('title:string description:text? completed:boolean dueAt:timestamp?');

/** What the example has beyond its shape: most people look at open tasks alone, so these have indexes of their own. */
const indexesOfOpenTasks =
  /^@Index\('tasks_owner_open_.*\n|^ *await queryRunner\.query\(\s*'CREATE INDEX tasks_owner_open_[^']*',?\s*\);\n/gm;
const ofTheExampleAlone = ['apps/api/src/tasks/demo-tasks.ts'];
/** The example's tests try the whole contract, those of a generated module what it makes of its fields. */
const written = 'apps/api/src/tasks/tasks.e2e-spec.ts';

describe('the templates', () => {
  it('make the example feature of its fields', async () => {
    const files = await moduleFiles(names, fields);
    expect([...files.keys(), ...ofTheExampleAlone].toSorted()).toEqual(
      filesIn('apps/api/src/tasks').toSorted(),
    );
    const migration = await migrationOf(names, fields, 1_764_000_001_000);
    for (const [path, text] of [...files, ...migration]) {
      if (path === written) continue;
      const example = readFileSync(join(root, path), 'utf8').replace(indexesOfOpenTasks, '');
      expect({ path, text }).toEqual({ path, text: example });
    }
  });

  it('make pages of their own also of what is called the same in both numbers', () => {
    const paths = webFiles(parseName('news'), fields).map(([path]) => path);
    expect(paths).toEqual([...new Set(paths)]);
  });

  it('know every key word of Postgres', async () => {
    const rows = await queryOnce<{ word: string }>(
      process.env.TEST_SERVER_URL as string,
      "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')",
    );
    expect(rows.map(({ word }) => word).filter((word) => !postgresKeyWords.has(word))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../project.js';
import { queryOnce } from '../test/test-databases.js';
import { parseFields } from './fields/fields.js';
import { filesIn } from './manifest.js';
import { moduleFiles } from './module-files.js';
import { parseName } from './names.js';
import { postgresKeywords } from './reserved-words.js';

const names = parseName('tasks');
const fields = parseFields('title:string description:text? completed:boolean dueAt:timestamp?');
const timestamp = 1_764_000_001_000;

/** The example has partial indexes for lists of open tasks. The generator doesn't create partial indexes. */
const partialIndexes =
  /^@Index\('tasks_owner_open_.*\n|^ *await queryRunner\.query\(\s*'CREATE INDEX tasks_owner_open_[^']*',?\s*\);\n/gm;
/** The tests of the example cover the whole API contract. */
const testsOfExample = 'apps/api/src/tasks/tasks.e2e-spec.ts';

describe('the templates', () => {
  it('reproduce the example module', async () => {
    const files = await moduleFiles('api', names, fields, timestamp);
    const generated = [...files.keys()].filter((path) => path.startsWith('apps/api/src/tasks/'));
    expect(generated.toSorted()).toEqual(filesIn('apps/api/src/tasks').toSorted());
    files.delete(testsOfExample);
    for (const [path, text] of files) {
      const example = readFileSync(join(root, path), 'utf8').replace(partialIndexes, '');
      expect({ path, text }).toEqual({ path, text: example });
    }
  });

  // web:start
  it('create separate pages for a name with the same singular and plural', async () => {
    const news = await moduleFiles('web', parseName('news'), fields, timestamp);
    const tasks = await moduleFiles('web', names, fields, timestamp);
    expect(news.size).toBe(tasks.size);
  });
  // web:end

  it('quote every PostgreSQL keyword', async () => {
    const rows = await queryOnce<{ word: string }>(
      process.env.TEST_SERVER_URL as string,
      "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')",
    );
    expect(rows.map(({ word }) => word).filter((word) => !postgresKeywords.has(word))).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseFields } from '../../tools/generate/fields/fields.js';
import { filesIn } from '../../tools/generate/manifest.js';
import { moduleFiles } from '../../tools/generate/module-files.js';
import { parseName } from '../../tools/generate/names.js';
import { root } from '../../tools/project.js';

const names = parseName('tasks');
const fields = parseFields('title:string description:text? completed:boolean dueAt:timestamp?');
const timestamp = 1_764_000_001_000;

/** The example has partial indexes for lists of open tasks. The generator doesn't create partial indexes. */
const partialIndexes =
  /^@Index\('tasks_owner_open_.*\n|^ *await queryRunner\.query\(\s*'CREATE INDEX tasks_owner_open_[^']*',?\s*\);\n/gm;
/** The table of the example is older than owner scopes, and a later migration enables them. */
const enableScope = /^ *await queryRunner\.query\(`SELECT enable_owner_scope\('tasks'\)`\);\n/m;
/** The tests of the example cover the whole API contract. */
const testsOfExample = 'apps/api/src/tasks/tasks.e2e-spec.ts';

it('the generator reproduces the example module', async () => {
  const files = await moduleFiles('api', names, fields, timestamp);
  const generated = [...files.keys()].filter((path) => path.startsWith('apps/api/src/tasks/'));
  expect(generated.toSorted()).toEqual(filesIn('apps/api/src/tasks').toSorted());
  files.delete(testsOfExample);
  for (const [path, text] of files) {
    const example = readFileSync(join(root, path), 'utf8').replace(partialIndexes, '');
    expect({ path, text: text.replace(enableScope, '') }).toEqual({ path, text: example });
  }
});

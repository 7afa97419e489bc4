import { expect, it } from '@jest/globals';
import { root } from '../project.js';
import { parseAddedFields, planField } from './added-field.js';
import { parseFields } from './fields/fields.js';
import { readIfExists, revertText } from './file-changes.js';
import { moduleFiles } from './module-files.js';
import { parseName } from './names.js';

const names = parseName('gadgets');
const files = await moduleFiles('api', names, parseFields('title:string dueAt:timestamp?'), 1);
const read = (path: string) => files.get(path) ?? readIfExists(root, path);

it.each([
  ['rank:integer(1..5)', '"rank:integer(1..5)=1", or make it nullable, "rank:integer(1..5)?"'],
  ['state:enum(open|done)', '"state:enum(open|done)=open", or make it nullable, "state:enum(open|done)?"'],
  ['at:timestamp', 'make it nullable, "at:timestamp?"'],
])('rejects the required field %s without a default, and shows what to write', (text, sentence) => {
  expect(() => parseAddedFields(names, text)).toThrow(sentence);
});

it('plans nothing if a file has no place, and says what to add where', async () => {
  const [field] = parseAddedFields(names, 'isPinnedByHand:boolean');
  const edited = (path: string) =>
    path.endsWith('gadgets.schemas.ts') ? read(path)!.replaceAll('gadgetFields', 'mine') : read(path);
  const failure = await planField(names, field!, edited).catch(({ message }: Error) => message);
  expect(failure).toContain('No file was changed');
  expect(failure).toContain(
    'gadgets.schemas.ts: There is no place for the field: an object in "gadgetFields"',
  );
  expect(failure).toContain('+  isPinnedByHand: z.boolean(),');
  expect(failure).toContain('ALTER TABLE gadgets ADD is_pinned_by_hand boolean NOT NULL DEFAULT false');
});

it.each(['title:string?', 'due:integer?'])('rejects %s, whose name is taken', async (text) => {
  await expect(planField(names, parseAddedFields(names, text)[0]!, read)).rejects.toThrow(
    'Choose another name',
  );
});

it('adds a many-to-many reference with its join table in one migration', async () => {
  const [field] = parseAddedFields(names, 'chores:refs(tasks)');
  const { changes, migrations } = await planField(names, field!, read);
  expect(migrations.map(([name]) => name)).toEqual(['add-chore-ids-to-gadgets']);
  const after = (end: string) => changes.find(({ path }) => path.endsWith(end))!.after!;
  expect(after('add-chore-ids-to-gadgets.ts')).toMatch(
    /CREATE TABLE gadget_chores \([^]*enable_owner_scope\('gadget_chores'\)[^]*DROP TABLE gadget_chores/,
  );
  expect(after('gadgets.controller.ts')).toContain("@Put(':id/chores/:choreId')");
  expect(after('gadget-chore.entity.ts')).toContain('class GadgetChore extends OwnedEntity');
  const edited = (path: string) => changes.find((change) => change.path === path)?.after ?? read(path);
  await expect(planField(names, field!, edited)).rejects.toThrow('already has a field "choreIds"');
});

it('indexes each sort order of the rows with the same reference, whichever of both is added', async () => {
  const indexed = async (text: string, readFile: typeof read) => {
    const { changes } = await planField(names, parseAddedFields(names, text)[0]!, readFile);
    const migration = changes.find(({ path }) => path.endsWith('-concurrently.ts'))!.after!;
    return {
      edited: (path: string) => changes.find((change) => change.path === path)?.after ?? readFile(path),
      indexes: Array.from(migration.matchAll(/CREATE INDEX CONCURRENTLY (\w+)/g), ([, name]) => name),
    };
  };
  const { indexes, edited } = await indexed('list:ref(tasks)?', read);
  expect(indexes).toEqual([
    'gadgets_owner_list_idx',
    'gadgets_owner_list_title_idx',
    'gadgets_owner_list_due_idx',
  ]);
  expect((await indexed('rank:integer?', edited)).indexes).toEqual([
    'gadgets_owner_rank_idx',
    'gadgets_owner_list_rank_idx',
  ]);
});

it.each(['labels:string[]', 'list:ref(tasks)?'])(
  'rejects %s if the name of its index is taken',
  async (text) => {
    const entity = (path: string) =>
      path.endsWith('gadget.entity.ts')
        ? read(path)!.replace(
            "@Entity('",
            "@Index('gadgets_labels_idx')\n@Index('gadgets_owner_list_idx')\n@Entity('",
          )
        : read(path);
    await expect(planField(names, parseAddedFields(names, text)[0]!, entity)).rejects.toThrow(
      'is already in use',
    );
  },
);

it('takes a change back and keeps later edits, unless they overlap', () => {
  const change = { before: 'a\nb\nc\nd\n', after: 'a\nadded\nb\nc\nd\n' };
  expect(revertText('a\nadded\nb\nc\nd\nlater\n', change)).toBe('a\nb\nc\nd\nlater\n');
  expect(revertText('a\nadded and edited\nb\nc\nd\n', change)).toBeUndefined();
});

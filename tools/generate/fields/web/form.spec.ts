import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { parseName } from '../../names.js';
import { type Field, parseFields } from '../fields.js';
import { addToForm } from './form.js';
import { addToFormSchema } from './form-schema.js';
import { addToList, addToListOptions } from './list.js';

const names = parseName('notes');
const field = (text: string) => parseFields(text)[0] as Field;
const formatted = (text: string) =>
  format(text, { parser: 'typescript', singleQuote: true, printWidth: 110 });

describe('addToForm', () => {
  const form = `import { Button } from '@/components/ui/button';

function NoteForm() {
  return (
    <form>
      <input name="color" />
      <div>
        <Button>Save</Button>
      </div>
    </form>
  );
}
`;

  it('adds a control above the buttons', async () => {
    const text = await formatted(addToForm(form, names, field('field:enum(open|done)?')));
    expect(text).toContain(
      "import { Field, inputClassName } from '@/components/ui/field';\nimport { cn } from '@/lib/cn';",
    );
    expect(text).toMatch(
      /name="color" \/>\s*<Field label="Field" error=\{form\.formState\.errors\.field\?\.message\}>/,
    );
    expect(text).toMatch(
      /<option value="">None<\/option>\s*<option value="open">Open<\/option>\s*<option value="done">/,
    );
    expect(text).toMatch(/<\/Field>\s*<div>/);
  });

  it('adds a combobox for a reference, which only an optional one can clear', async () => {
    const optional = await formatted(addToForm(form, names, field('list:ref(lists)?')));
    expect(optional).toContain("import { listReference } from '../api/list-reference';");
    expect(optional).toMatch(
      /name="listId"[^]*<ReferenceField\s+label="List"\s+canClear\s+source=\{listReference\}\s+\{\.\.\.field\}/,
    );
    expect(optional).toContain('error={form.formState.errors.listId?.message}');
    expect(addToForm(form, names, field('list:ref(lists)'))).not.toContain('canClear');
  });

  it('adds chips for a many-to-many reference', async () => {
    const text = await formatted(addToForm(form, names, field('tags:refs(tags)')));
    expect(text).toContain("import { tagReference } from '../api/tag-reference';");
    expect(text).toMatch(/name="tagIds"[^]*<ReferencesField\s+label="Tags"\s+source=\{tagReference\}/);
  });

  it('converts a nullable timestamp from and to the time zone of the browser', () => {
    const schema = `const noteFormSchema = z.object({});
const emptyNoteForm = {};
function toNoteForm(note) { return {}; }
function toNoteValues(form) { return {}; }`;
    const text = addToFormSchema(schema, names, field('dueAt:timestamp?'));
    expect(text).toContain("dueAt: note.dueAt ? format(parseISO(note.dueAt), \"yyyy-MM-dd'T'HH:mm\") : ''");
    expect(text).toContain('dueAt: form.dueAt ? parseISO(form.dueAt).toISOString() : null');
    expect(text).toContain("import { format, parseISO } from 'date-fns';");
  });
});

describe('addToListOptions', () => {
  it('offers the orders, filters and search of the API', async () => {
    const options = 'const sorts = {};\nconst filters = {};\nconst searched = [];\n';
    const added = parseFields(
      'title:string price:decimal dueAt:timestamp? status:enum(in_progress) tags:string[]',
    );
    const text = added.reduce((source, next) => addToListOptions(source, names, next), options);
    expect(await formatted(text)).toBe(`const sorts = {
  title: 'Title A–Z',
  '-title': 'Title Z–A',
  price: 'Price, lowest first',
  '-price': 'Price, highest first',
  dueAt: 'Due at, earliest first',
  '-dueAt': 'Due at, latest first',
};
const filters = {
  status: { label: 'Status', values: { in_progress: 'In progress' } },
  tags: { label: 'Tags' },
};
const searched = ['title'];
`);
  });
});

it.each([
  ['list:ref(lists)', 'list', "listId: { label: 'List', reference: listReference }"],
  ['tags:refs(tags)', 'tag', "tagId: { label: 'Tag', reference: tagReference }"],
])('offers a filter by %s', async (text, other, filter) => {
  const options = 'const sorts = {};\nconst filters = {};\nconst searched = [];\n';
  const added = await formatted(addToListOptions(options, names, field(text)));
  expect(added).toContain(`import { ${other}Reference } from './api/${other}-reference';`);
  expect(added).toContain(filter);
});

describe('addToList', () => {
  const list = `function titleOf(note) {
  return note.createdAt;
}

function detailsOf(note) {
  return [\`Added \${formatDate(note.createdAt)}\`];
}
`;

  it('shows the first string as the title and the other fields below it, long texts last', async () => {
    const added = parseFields(
      'body:text? title:string priority:integer? status:enum(open) day:date settings:json',
    );
    const text = added.reduce((source, next) => addToList(source, names, next, added), list);
    expect(await formatted(text)).toBe(`import { formatDate, toWords } from '@/lib/lists/format';
function titleOf(note) {
  return note.title;
}

function detailsOf(note) {
  return [
    note.priority !== null && \`Priority: \${note.priority}\`,
    toWords(note.status),
    \`Day: \${formatDate(note.day)}\`,
    \`Added \${formatDate(note.createdAt)}\`,
    note.body,
  ];
}
`);
  });
});

import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { parseName } from '../../names.js';
import { type Field, parseFields } from '../fields.js';
import { addToForm } from './form.js';
import { addToFormSchema } from './form-schema.js';

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

import ts from 'typescript';
import { type Names, parseName } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import { type Field, filterParameter, parseFields } from './fields.js';

/**
 * Returns the join table of a many-to-many reference as a module without routes: `note-tags`, with one reference to the
 * note and one to the tag. The first index is unique, and each index finds the rows of one side.
 */
export function joinTableOf(names: Names, field: Field): { names: Names; fields: [Field, Field] } {
  const { relation, names: other } = field.reference!;
  const item = filterParameter(field).replace(/Id$/, '');
  const [from, to] = parseFields(`${names.variable}:ref(${names.plural}) ${item}:ref(${other.plural})`) as [
    Field,
    Field,
  ];
  return {
    names: { ...parseName(`${names.singular}-${relation}`), table: tableName(names, relation) },
    fields: [
      { ...from, pair: { ...to, isUnique: true } },
      { ...to, pair: { ...from, isUnique: false } },
    ],
  };
}

/** `note_tags`. The word for the other rows need not be a plural: `note_related`. */
function tableName({ singular }: Names, relation: string): string {
  return `${singular}-${relation}`.replace(/-|(?=[A-Z])/g, '_').toLowerCase();
}

/** Completes the entity of a join table, which is in the folder of the module. */
export function completeJoinEntity(text: string, { plural, singular, type, things }: Names): string {
  const source = new SourceEditor(text.replace(/\/\*\* .* \*\/\n(?=@Entity)/, ''));
  source.removeImport(`../${plural}/${singular}.entity.js`);
  source.addImport(`./${singular}.entity.js`, type);
  const entity = source.find(ts.isClassDeclaration)!;
  source.insert(entity.getStart(), `/** A join table. The repository of the ${things} writes it. */\n`);
  return source.text;
}

/** Adds the statements of a join table to the migration of its module. */
export function addJoinTable(text: string, migration: string): string {
  const source = new SourceEditor(text);
  const join = new SourceEditor(migration);
  const block = (editor: SourceEditor, method: string) => editor.findIn(method, ts.isBlock)!;
  const statements = (method: string) => block(join, method).getText().slice(1, -1);
  source.insert(block(source, 'up').end - 1, statements('up'));
  source.insert(block(source, 'down').getStart() + 1, statements('down').trimEnd());
  return source.text;
}

/** Returns the SQL of a method of a migration. */
export function sqlOf(migration: string, method: 'up' | 'down'): string[] {
  const source = new SourceEditor(migration);
  const texts: string[] = [];
  source.find(
    ts.isStringLiteralLike,
    ({ text }) => {
      texts.push(text.trim().replace(/\s+/g, ' '));
      return false;
    },
    source.findIn(method, ts.isBlock),
  );
  return texts;
}

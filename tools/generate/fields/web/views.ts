import ts from 'typescript';
import type { Names } from '../../names.js';
import { SourceEditor } from '../../source-editor.js';
import { columnOf } from '../columns.js';
import { type Field, isSort } from '../fields.js';
import { label, labelOf } from './form.js';
import { referenceSource } from './reference-file.js';

/** Shows a field in the two versions of a conflict, as the form has it. */
export function addToConflict(text: string, _names: Names, field: Field): string {
  const { name, type, reference } = field;
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  let shown = type === 'boolean' ? `${name} ? 'Yes' : 'No'` : `${name} || 'None'`;
  if (reference) {
    const { singular, variable } = reference.names;
    source.addImport('@/components/references/reference-field', 'ReferenceLabels');
    source.addImport(`../api/${singular}-reference`, `${variable}Reference`);
    shown = `<ReferenceLabels source={${referenceSource(field)}} ids={${name}} />`;
  }
  source.addProperty('fields', name, `{ label: '${labelOf(field)}', text: ({ ${name} }) => ${shown} }`);
  return source.text;
}

/** Shows a field below the title of a row. */
export function addToRow(text: string, { variable }: Names, field: Field): string {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  source.addProperty('details', field.name, detailOf(field, `${variable}.${field.name}`));
  return source.text;
}

function detailOf({ name, type, nullable, reference }: Field, value: string): string {
  const named = (shown: string) => `<span className="truncate">${label(name)}: ${shown}</span>`;
  const ifPresent = (element: string) => (nullable ? `${value} !== null && ${element}` : element);
  switch (type) {
    case 'ref':
      // The label of each row would be a request.
      return 'null';
    case 'boolean':
      return `${value} && <span>${label(name)}</span>`;
    case 'timestamp':
      return ifPresent(named(`{new Date(${value}).toLocaleString()}`));
    case 'refs':
      return `${value}.length > 0 && <span>${label(reference!.relation)}: {${value}.length}</span>`;
    case 'integer':
    case 'enum':
      return ifPresent(named(`{${value}}`));
    default:
      return `${value} && ${named(`{${value}}`)}`;
  }
}

/** Adds the sort orders of a field to the menu above the list. */
export function addToSortNames(text: string, _names: Names, field: Field): string {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  if (isSort(field)) {
    source.addProperty('sortNames', field.name, `'${label(field.name)}, ascending'`);
    source.addProperty('sortNames', `'-${field.name}'`, `'${label(field.name)}, descending'`);
  }
  return source.text;
}

/** Adds a field to the row that some modules show until the API has created it. */
export function addToOptimisticRow(text: string, names: Names, field: Field): string {
  const source = new SourceEditor(text);
  const row = `optimistic${names.type}`;
  if (source.findIn(row, ts.isBlock)) {
    source.addProperty(row, field.name, columnOf(names, field).default ?? 'null');
  }
  return source.text;
}

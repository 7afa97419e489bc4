import ts from 'typescript';
import type { Names } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import { columnOf } from './columns.js';
import { type Field, isFilter, isSearched, isSent, isSort } from './fields.js';

/** Adds a field to the test data of a module. */
export function addToE2eSpec(text: string, names: Names, field: Field): string {
  const { name, nullable } = field;
  const source = new SourceEditor(text);
  const addRow = (table: string, ...rows: string[]) => {
    const array = source.findIn(table, ts.isArrayLiteralExpression);
    if (array) {
      source.addElement(array, rows.join(', '));
    }
  };
  const { default: defaultValue } = columnOf(names, field);
  if (field.reference) {
    const { collection, names: other, onDelete } = field.reference;
    addRow('deletions', `{ field: '${name}', path: '/api/${other.plural}', onDelete: '${onDelete}' }`);
    if (!isSent(field)) {
      return source.text;
    }
    addRow('references', `{ field: '${name}', collection: '${collection}' }`);
    addRow('invalid', `{ field: '${name}', value: ${invalidValue(field)} }`);
    if (nullable) {
      addRow('nullable', `'${name}'`);
      source.addProperty('defaults', name, 'null');
    }
    return source.text;
  }
  source.addProperty('example', name, sampleValue(field));
  if (defaultValue) {
    source.addProperty('defaults', name, defaultValue);
  }
  if (source.findIn('changes', ts.isObjectLiteralExpression)?.properties.length === 0) {
    source.addProperty('changes', name, sampleValue(field, 1));
  }
  addRow('invalid', `{ field: '${name}', value: ${invalidValue(field)} }`);
  if (isSearched(field)) {
    addRow('matches', `{ ${name}: ${letters(field, 'Z')} }`);
  }
  if (isFilter(field) && field.values?.length !== 1) {
    addRow('filters', `{ field: '${name}', value: ${sampleValue(field)}, other: ${sampleValue(field, 1)} }`);
  }
  if (nullable) {
    addRow('nullable', `'${name}'`);
  }
  if (isSort(field)) {
    addRow('orders', `'${name}', '-${name}'`);
    // Two rows are equal.
    for (const [index, rank] of [1, 0, 1, 2].entries()) {
      const row = source.findIn('rows', ts.isArrayLiteralExpression)?.elements[index];
      if (!row || !ts.isObjectLiteralExpression(row)) {
        continue;
      }
      source.addElement(row, `${name}: ${rank === 2 && nullable ? 'null' : sampleValue(field, rank)}`);
    }
  }
  return source.text;
}

/** Removes empty test data and the tests that use it. */
export function removeEmptyTests(text: string): string {
  const source = new SourceEditor(text);
  const empty = source.find(
    ts.isVariableStatement,
    // Other code than tests uses `example`.
    (node) => ts.isSourceFile(node.parent) && /^(?!const example).* = (\{\}|\[\]);$/.test(node.getText()),
  );
  if (!empty) {
    return text;
  }
  const name = empty.declarationList.declarations[0]?.name.getText();
  const isUsedIn = (node: ts.Node) => source.find(ts.isIdentifier, ({ text: used }) => used === name, node);
  source.replace(empty.getFullStart(), empty.end, '');
  const findTest = () =>
    source.find(
      ts.isExpressionStatement,
      (node) => node.getText().startsWith('it') && isUsedIn(node) !== undefined,
    );
  for (let test = findTest(); test; test = findTest()) {
    source.replace(test.getFullStart(), test.end, '');
  }
  return removeEmptyTests(source.text);
}

/** Returns a valid value. If the range allows, values of a higher rank are sorted after those of a lower one. */
function sampleValue(field: Field, rank = 0): string {
  switch (field.type) {
    case 'string':
    case 'text':
      return letters(field, 'abc'.charAt(rank));
    case 'boolean':
      return String(rank === 0);
    case 'integer': {
      const { min, max } = field.range ?? { min: 1, max: 3 };
      return String(Math.min(min + rank, max));
    }
    case 'timestamp':
      return `'2026-12-2${rank + 4}T18:00:00.000Z'`;
    case 'enum':
      return `'${field.values?.[rank] ?? field.values?.[0]}'`;
    case 'ref':
      return 'randomUUID()';
  }
}

function invalidValue({ type, range }: Field): string {
  switch (type) {
    case 'string':
      return range?.min ? "''" : '7';
    case 'text':
      return '7';
    case 'boolean':
      return "'true'";
    case 'integer':
      return range ? String(range.max + 1) : '1.5';
    case 'timestamp':
      return "'tomorrow'";
    case 'enum':
      return "'?'";
    case 'ref':
      return "'1'";
  }
}

function letters({ range }: Field, letter: string): string {
  const length = Math.max(1, range?.min ?? 1);
  return length > 20 ? `'${letter}'.repeat(${length})` : `'${letter.repeat(length)}'`;
}

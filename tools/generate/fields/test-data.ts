import ts from 'typescript';
import type { Names } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import { columnOf } from './columns.js';
import { type Field, isFilter, isSearched, isSent, isSort, rangeParameters } from './fields.js';

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
  const addFilter = (query: string, rank: number, otherRank: number) =>
    addRow(
      'filters',
      `{ query: '${query}', field: '${name}', value: ${sampleValue(field, rank)}, other: ${sampleValue(field, otherRank)} }`,
    );
  const { default: defaultValue } = columnOf(names, field);
  if (field.reference && field.isAdded) {
    // Tests of a reference need helpers that only a new module gets. `ownership.e2e-spec.ts` covers it.
    source.addProperty('example', name, columnOf(names, field).default!);
    return source.text;
  }
  if (field.type === 'refs') {
    const { collection, names: other, relation } = field.reference!;
    const path = `/api/${other.plural}`;
    addRow(
      'links',
      `{ field: '${name}', relation: '${relation}', collection: '${collection}', path: '${path}' }`,
    );
    addRow('invalid', `{ field: '${name}', value: ${invalidValue(field)} }`);
    source.addProperty('defaults', name, '[]');
    if (source.findIn('changes', ts.isObjectLiteralExpression)?.properties.length === 0) {
      source.addProperty('changes', name, '[]');
    }
    return source.text;
  }
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
  if (defaultValue && source.findIn('defaults', ts.isObjectLiteralExpression)) {
    source.addProperty('defaults', name, defaultValue);
  }
  if (source.findIn('changes', ts.isObjectLiteralExpression)?.properties.length === 0) {
    source.addProperty('changes', name, sampleValue(field, 1));
  }
  addRow('invalid', `{ field: '${name}', value: ${invalidValue(field)} }`);
  if (isSearched(field)) {
    addRow('matches', `{ ${name}: ${searchedValue(field)} }`);
  }
  if (isFilter(field) && field.values?.length !== 1) {
    addFilter(`${name}=${sampleValue(field).replaceAll(/[[\]']/g, '')}`, 0, 1);
  }
  const range = rangeParameters(field);
  if (range) {
    addFilter(`${range.after}=${sampleTime(1)}`, 2, 0);
    addFilter(`${range.before}=${sampleTime(1)}`, 0, 2);
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
  const name = nameOf(empty);
  source.replace(empty.getFullStart(), empty.end, '');
  for (let test = testThatUses(source, name); test; test = testThatUses(source, name)) {
    source.replace(test.getFullStart(), test.end, '');
  }
  return removeEmptyTests(source.text);
}

/** The tables that `removeEmptyTests` removes if a module has no field for them. */
const optionalTables = ['defaults', 'matches', 'filters', 'nullable'];

/** Adds the tables and tests of a field that `removeEmptyTests` has removed from a test file. */
export function restoreTests(text: string, template: string): string {
  const source = new SourceEditor(text);
  const complete = new SourceEditor(template);
  complete.find(ts.isVariableStatement, (table) => {
    const isMissing =
      ts.isSourceFile(table.parent) &&
      optionalTables.includes(nameOf(table)) &&
      !source.findIn(nameOf(table), isAny);
    const test = isMissing && testThatUses(complete, nameOf(table));
    const group =
      test && source.find(ts.isExpressionStatement, (node) => titleOf(node) === titleOf(groupOf(test)));
    const body = group && source.find(ts.isBlock, undefined, group);
    if (test && body) {
      source.insert(body.end - 1, test.getFullText());
      const state = source.find(ts.isVariableStatement, (node) => node.getText().startsWith('let '));
      source.insert(state?.getFullStart() ?? 0, `\n${table.getFullText().trim()}`);
    }
    return false;
  });
  return source.text;
}

const isAny = (node: ts.Node): node is ts.Node => Boolean(node);

function nameOf(statement: ts.VariableStatement): string {
  return statement.declarationList.declarations[0]!.name.getText();
}

/** Returns the call of `describe` around a test. */
function groupOf(test: ts.Node): ts.ExpressionStatement {
  let node = test.parent;
  while (!ts.isExpressionStatement(node)) {
    node = node.parent;
  }
  return node;
}

function titleOf({ expression }: ts.ExpressionStatement): string | undefined {
  return ts.isCallExpression(expression) && expression.expression.getText() === 'describe'
    ? expression.arguments[0]?.getText()
    : undefined;
}

function testThatUses(source: SourceEditor, name: string): ts.ExpressionStatement | undefined {
  const isUsedIn = (node: ts.Node) => source.find(ts.isIdentifier, ({ text }) => text === name, node);
  return source.find(
    ts.isExpressionStatement,
    (node) => node.getText().startsWith('it') && isUsedIn(node) !== undefined,
  );
}

/** Returns a valid value. If the range allows, values of a higher rank are sorted after those of a lower one. */
export function sampleValue(field: Field, rank = 0): string {
  const letter = 'abc'.charAt(rank);
  switch (field.type) {
    case 'string':
    case 'text':
      return letters(field, letter);
    case 'boolean':
      return String(rank === 0);
    case 'integer': {
      const { min, max } = field.range ?? { min: 1, max: 3 };
      return String(Math.min(min + rank, max));
    }
    case 'decimal':
      return `'${decimalSample(field, rank + 1)}'`;
    case 'date':
      return `'2026-12-2${rank + 4}'`;
    case 'timestamp':
      return `'${sampleTime(rank)}'`;
    case 'enum':
      return `'${field.values?.[rank] ?? field.values?.[0]}'`;
    case 'url':
      return `'https://example.com/${letter}'`;
    case 'email':
      return `'${letter}@example.com'`;
    case 'string[]':
      return `[${letters(field, letter)}]`;
    case 'json':
      return `{ name: '${letter}' }`;
    case 'ref':
      return 'randomUUID()';
    case 'refs':
      return '[]';
  }
}

const sampleTime = (rank: number) => `2026-12-2${rank + 4}T18:00:00.000Z`;

function invalidValue(field: Field): string {
  const { type, range, maxItems = 0 } = field;
  switch (type) {
    case 'string':
      return range?.min ? "''" : '7';
    case 'text':
    case 'json':
      return '7';
    case 'boolean':
      return "'true'";
    case 'integer':
      return range ? String(range.max + 1) : '1.5';
    case 'decimal':
      return `'${decimalSample(field, 1)}${field.digits?.scale ? '' : '.'}0'`;
    case 'date':
      return "'2026-02-30'";
    case 'timestamp':
      return "'tomorrow'";
    case 'enum':
      return "'?'";
    case 'url':
      return "'ftp://example.com'";
    case 'email':
      return "'ada'";
    case 'ref':
      return "'1'";
    case 'refs':
      return 'Array.from({ length: 21 }, () => randomUUID())';
    case 'string[]':
      return `Array.from({ length: ${maxItems + 1} }, () => ${letters(field, 'a')})`;
  }
}

/** `1.00`: with all digits after the point, as the API returns it. */
export function decimalSample({ digits = { precision: 1, scale: 0 } }: Field, digit: number): string {
  const { precision, scale } = digits;
  if (precision === scale) {
    return `0.${String(digit).padEnd(scale, '0')}`;
  }
  return `${digit}${scale ? '.'.padEnd(scale + 1, '0') : ''}`;
}

function searchedValue(field: Field): string {
  switch (field.type) {
    case 'url':
      return "'https://example.com/Z'";
    case 'email':
      return "'Z@example.com'";
    default:
      return letters(field, 'Z');
  }
}

function letters({ range }: Field, letter: string): string {
  const length = Math.max(1, range?.min ?? 1);
  return length > 20 ? `'${letter}'.repeat(${length})` : `'${letter.repeat(length)}'`;
}

import ts from 'typescript';
import type { Names } from '../../names.js';
import { SourceEditor } from '../../source-editor.js';
import { type Field, filterParameter, isFilter, isSearched, isSent, isSort } from '../fields.js';
import { label, labelOf } from './form.js';
import { parameterOf } from './reference-file.js';

/** Shows the first string of a row as its title, or else the first text, and the other fields below it. */
export function addToList(text: string, { variable }: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  const title = fields.find(({ type }) => type === 'string') ?? fields.find(({ type }) => type === 'text');
  const shown = source.findIn('titleOf', ts.isReturnStatement)?.expression;
  const details = source.findIn('detailsOf', ts.isArrayLiteralExpression);
  if (!shown || !details) {
    return text;
  }
  if (field === title) {
    const canBeEmpty = field.nullable || field.range?.min === 0;
    const placeholder = canBeEmpty ? ` || 'No ${label(field.name).toLowerCase()}'` : '';
    source.replace(shown.getStart(), shown.end, `${variable}.${field.name}${placeholder}`);
    return source.text;
  }
  const detail = detailOf(field, `${variable}.${field.name}`);
  if (detail) {
    // Long texts come last: the row is cut off.
    const isLong = field.type === 'text' || field.type === 'url';
    source.addElement(details, detail, (element) => !isLong && element.getText().includes('Added '));
    const format = /\b(formatDate|formatDateTime|toWords)\(/.exec(detail)?.[1];
    if (format) {
      source.addImport('@/lib/lists/format', format);
    }
  }
  return source.text;
}

/** Adds the orders, the filter and the search of a field to what the list offers. */
export function addToListOptions(text: string, _names: Names, field: Field): string {
  const source = new SourceEditor(text);
  const name = labelOf(field);
  if (isSort(field)) {
    const [ascending, descending] = orderNames(field);
    source.addProperty('sorts', field.name, `'${name}${ascending}'`);
    source.addProperty('sorts', `'-${field.name}'`, `'${name}${descending}'`);
  }
  const options = filterOptions(field);
  if (options !== undefined) {
    const parameter = filterParameter(field);
    const filter = field.reference ? label(parameter.replace(/Id$/, '')) : name;
    source.addProperty('filters', parameter, `{ label: '${filter}'${options} }`);
  }
  if (options !== undefined && field.reference) {
    const { singular, variable } = field.reference.names;
    source.addImport(`./api/${singular}-reference`, `${variable}Reference`);
  }
  const searched = source.findIn('searched', ts.isArrayLiteralExpression);
  if (isSearched(field) && searched) {
    source.addElement(searched, `'${name.toLowerCase()}'`);
  }
  return source.text;
}

/** Returns an expression for the text of a field in the second line of a row, or undefined to leave it out. */
function detailOf({ name, type, nullable, reference }: Field, value: string): string | undefined {
  const ifPresent = (text: string) => (nullable ? `${value} !== null && ${text}` : text);
  switch (type) {
    case 'boolean':
      return `${value} && '${label(name)}'`;
    case 'integer':
    case 'decimal':
      return ifPresent(`\`${label(name)}: \${${value}}\``);
    case 'date':
      return ifPresent(`\`${label(name)}: \${formatDate(${value})}\``);
    case 'timestamp':
      return ifPresent(`\`${label(name)}: \${formatDateTime(${value})}\``);
    case 'enum':
      return ifPresent(`toWords(${value})`);
    case 'string[]':
      return `${value}${nullable ? '?' : ''}.join(', ')`;
    case 'refs':
      return `${value}.length > 0 && \`${labelOf({ name, reference })}: \${${value}.length}\``;
    case 'json':
    // The label of each row would be a request.
    case 'ref':
      return undefined;
    default:
      return value;
  }
}

function orderNames({ type }: Field): [ascending: string, descending: string] {
  switch (type) {
    case 'integer':
    case 'decimal':
      return [', lowest first', ', highest first'];
    case 'date':
    case 'timestamp':
      return [', earliest first', ', latest first'];
    default:
      return [' A–Z', ' Z–A'];
  }
}

/** Returns what a filter offers, or undefined if there is none. The options of nested rows depend on their parent. */
function filterOptions(field: Field): string | undefined {
  const { reference } = field;
  if (!isFilter(field) || (reference && parameterOf(reference.collection)) || !isSent(field)) {
    return undefined;
  }
  if (reference) {
    return `, reference: ${reference.names.variable}Reference`;
  }
  const values = filterValues(field)?.map(([value, words]) => `'${value}': '${words}'`);
  return values ? `, values: { ${values.join(', ')} }` : '';
}

function filterValues({ type, values }: Field): [value: string, text: string][] | undefined {
  if (type === 'boolean') {
    return [
      ['true', 'Yes'],
      ['false', 'No'],
    ];
  }
  return values?.map((value) => [value, label(value)]);
}

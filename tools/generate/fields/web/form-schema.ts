import ts from 'typescript';
import type { Names } from '../../names.js';
import { SourceEditor } from '../../source-editor.js';
import { literal, maxLinks } from '../columns.js';
import { type Field, isSent } from '../fields.js';

const rules = '@/lib/forms/field-rules';

/** Adds a field to the schema of a form, and to its conversions from and to the values of the API. */
export function addToFormSchema(text: string, { type, variable }: Names, field: Field): string {
  if (!isSent(field)) {
    return text;
  }
  const source = new SourceEditor(text);
  if (field.type === 'timestamp') {
    source.addImport('date-fns', 'format');
    source.addImport('date-fns', 'parseISO');
  }
  const rule = formRule(field);
  if (!rule.startsWith('z.')) {
    source.addImport(rules, rule.slice(0, rule.indexOf('(')));
  }
  if (field.type === 'string[]') {
    source.addImport(rules, 'toItems');
  }
  source.addProperty(`${variable}FormSchema`, field.name, rule);
  // A module may create rows without this form.
  if (source.findIn(`empty${type}Form`, ts.isObjectLiteralExpression)) {
    source.addProperty(`empty${type}Form`, field.name, emptyValue(field));
  }
  source.addProperty(`to${type}Form`, field.name, toFormValue(field, `${variable}.${field.name}`));
  source.addProperty(`to${type}Values`, field.name, toApiValue(field, `form.${field.name}`));
  return source.text;
}

/** Returns the call of a function in field-rules.ts. */
function formRule({ type, nullable, range, digits, maxItems, values = [] }: Field): string {
  const withOptions = (limits: Record<string, number | undefined>) => {
    const all = Object.entries(limits).map(([name, limit]) => `${name}: ${literal(limit)}`);
    const options = nullable ? [...all, 'optional: true'] : all;
    return options.length > 0 ? `{ ${options.join(', ')} }` : '';
  };
  const length = range && { ...(range.min > 0 && { min: range.min }), max: range.max };
  switch (type) {
    case 'ref':
      return `z.string()${nullable ? '' : ".min(1, 'Required.')"}`;
    case 'string':
      return `textLine(${withOptions({ ...length })})`;
    case 'text':
      return `longText(${withOptions({ ...length })})`;
    case 'boolean':
      return 'z.boolean()';
    case 'integer':
      return `wholeNumber(${withOptions({ ...range })})`;
    case 'decimal':
      return `decimalNumber(${withOptions({ ...digits })})`;
    case 'date':
      return `calendarDate(${withOptions({})})`;
    case 'timestamp':
      return `dateTime(${withOptions({})})`;
    case 'enum':
      return `oneOf([${[...values, ...(nullable ? [''] : [])].map((value) => `'${value}'`).join(', ')}])`;
    case 'url':
      return `httpUrl(${withOptions({ max: range?.max })})`;
    case 'email':
      return `emailAddress(${withOptions({})})`;
    case 'string[]':
      return `itemLines({ maxItems: ${maxItems}, min: ${range?.min}, max: ${range?.max} })`;
    case 'refs':
      return `z.array(z.string()).max(${maxLinks}, 'Choose at most ${maxLinks}.')`;
    case 'json':
      return `jsonText(${withOptions({ maxBytes: range?.max })})`;
  }
}

function emptyValue({ type, nullable, values, default: value }: Field): string {
  if (type === 'refs') {
    return '[]';
  }
  if (type === 'boolean') {
    return value ?? 'false';
  }
  if (value !== undefined) {
    return value.startsWith("'") ? value : `'${value}'`;
  }
  if (type === 'json' && !nullable) {
    return "'{}'";
  }
  return values && !nullable ? `'${values[0]}'` : "''";
}

function toFormValue({ type, nullable }: Field, value: string): string {
  const ifPresent = (text: string) => (nullable ? `${value} ? ${text} : ''` : text);
  switch (type) {
    case 'boolean':
      return nullable ? `${value} ?? false` : value;
    case 'integer':
      return nullable ? `${value}?.toString() ?? ''` : `String(${value})`;
    case 'timestamp':
      return ifPresent(`format(parseISO(${value}), "yyyy-MM-dd'T'HH:mm")`);
    case 'string[]':
      return ifPresent(`${value}.join('\\n')`);
    case 'json':
      return nullable
        ? `${value} === null ? '' : JSON.stringify(${value}, null, 2)`
        : `JSON.stringify(${value}, null, 2)`;
    default:
      return nullable ? `${value} ?? ''` : value;
  }
}

function toApiValue({ type, nullable }: Field, value: string): string {
  const ifPresent = (converted: string) => (nullable ? `${value} ? ${converted} : null` : converted);
  switch (type) {
    case 'boolean':
      return value;
    case 'integer':
      return nullable ? `${value} === '' ? null : Number(${value})` : `Number(${value})`;
    case 'timestamp':
      return ifPresent(`parseISO(${value}).toISOString()`);
    case 'string[]':
      return ifPresent(`toItems(${value})`);
    case 'json':
      return ifPresent(`JSON.parse(${value})`);
    default:
      return nullable ? `${value} || null` : value;
  }
}

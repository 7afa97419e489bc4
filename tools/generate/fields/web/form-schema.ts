import type { Names } from '../../names.js';
import { SourceEditor } from '../../source-editor.js';
import type { Field } from '../fields.js';

/** Adds a field to the schema of a form, and to its conversions from and to the values of the API. */
export function addToFormSchema(text: string, { type, variable }: Names, field: Field): string {
  const source = new SourceEditor(text);
  if (field.type === 'timestamp') {
    source.addImport('date-fns', 'format');
    source.addImport('date-fns', 'parseISO');
  }
  source.addProperty(`${variable}FormSchema`, field.name, formRule(field));
  source.addProperty(`empty${type}Form`, field.name, emptyValue(field));
  source.addProperty(`to${type}Form`, field.name, toFormValue(field, `${variable}.${field.name}`));
  source.addProperty(`to${type}Values`, field.name, toApiValue(field, `form.${field.name}`));
  return source.text;
}

function formRule({ type, nullable, range, values = [] }: Field): string {
  const options = [...values, ...(nullable ? [''] : [])].map((value) => `'${value}'`).join(', ');
  switch (type) {
    case 'ref':
      return `z.string()${nullable ? '' : required}`;
    case 'string':
      return `z.string().trim()${isRequired(nullable, range) ? required : ''}`;
    case 'text':
      return `z.string()${isRequired(nullable, range) ? required : ''}`;
    case 'boolean':
      return 'z.boolean()';
    case 'integer':
      return `z.string().regex(/^-?\\d{1,10}$${nullable ? '|^$' : ''}/, 'Enter a whole number.')`;
    case 'timestamp':
      return `z.string()${nullable ? '' : required}`;
    case 'enum':
      return `z.enum([${options}])`;
  }
}

const required = ".min(1, 'Required.')";

function isRequired(nullable: boolean, range: Field['range']): boolean {
  return !nullable && Boolean(range?.min);
}

function emptyValue({ type, nullable, values }: Field): string {
  if (type === 'boolean') {
    return 'false';
  }
  return values && !nullable ? `'${values[0]}'` : "''";
}

function toFormValue({ type, nullable }: Field, value: string): string {
  const local = `format(parseISO(${value}), "yyyy-MM-dd'T'HH:mm")`;
  switch (type) {
    case 'boolean':
      return nullable ? `${value} ?? false` : value;
    case 'integer':
      return nullable ? `${value}?.toString() ?? ''` : `String(${value})`;
    case 'timestamp':
      return nullable ? `${value} ? ${local} : ''` : local;
    default:
      return nullable ? `${value} ?? ''` : value;
  }
}

function toApiValue({ type, nullable }: Field, value: string): string {
  const utc = `parseISO(${value}).toISOString()`;
  switch (type) {
    case 'boolean':
      return value;
    case 'integer':
      return nullable ? `${value} === '' ? null : Number(${value})` : `Number(${value})`;
    case 'timestamp':
      return nullable ? `${value} ? ${utc} : null` : utc;
    default:
      return nullable ? `${value} || null` : value;
  }
}

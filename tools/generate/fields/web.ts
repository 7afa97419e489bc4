import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../../project.js';
import { capitalized, type Names } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import type { Field } from './fields.js';

/** Has a control for each type of field. */
const controls = 'tools/generate/templates/web/controls.tsx';

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

/** Adds the control of a field to a form, above the buttons. */
export function addToForm(text: string, _names: Names, field: Field): string {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  const template = new SourceEditor(readFileSync(join(root, controls), 'utf8'), ts.ScriptKind.TSX);
  const control = renderControl(template, field);
  const form = source.find(ts.isJsxElement, (node) => node.openingElement.tagName.getText() === 'form');
  const buttons = form?.children.findLast((child) => ts.isJsxElement(child));
  if (!buttons) {
    throw new Error(`Cannot add "${field.name}": there is no element to add it above in the form.`);
  }
  source.insert(buttons.getStart(), `${control}\n`);
  for (const { module, name } of template.imports()) {
    if (new RegExp(`\\b${name}\\b`).test(control)) {
      source.addImport(module, name);
    }
  }
  return source.text;
}

/** Shows the first string in a row of the list, or else the first text. */
export function addToList(text: string, { variable }: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  const title = fields.find(({ type }) => type === 'string') ?? fields.find(({ type }) => type === 'text');
  const shown = source.findIn('titleOf', ts.isReturnStatement)?.expression;
  if (!shown || field !== title) {
    return text;
  }
  const canBeEmpty = field.nullable || field.range?.min === 0;
  const placeholder = canBeEmpty ? ` || 'No ${label(field.name).toLowerCase()}'` : '';
  source.replace(shown.getStart(), shown.end, `${variable}.${field.name}${placeholder}`);
  return source.text;
}

/** Adds a field to what the browser test enters and expects. */
export function addToBrowserTest(text: string, _names: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text);
  const addStatement = (owner: string, statement: string) => {
    const body = source.findIn(owner, ts.isBlock);
    if (body) {
      source.insert(body.end - 1, `\n${statement}`);
    }
  };
  const isCheckbox = field.type === 'boolean';
  const fill = isCheckbox ? 'check' : field.type === 'enum' ? 'selectOption' : 'fill';
  const control = `page.getByLabel('${label(field.name)}', { exact: true })`;
  const enter = (value: string) => `await ${control}.${fill}(${isCheckbox ? '' : `'${value}'`});`;
  const expectValue = (value: string) =>
    `await expect(${control}).${isCheckbox ? 'toBeChecked()' : `toHaveValue('${value}')`};`;
  addStatement('enterValues', enter(sampleInput(field, 0)));
  addStatement('expectValues', expectValue(sampleInput(field, 0)));
  if (field === (fields.find(({ type }) => type !== 'boolean') ?? fields[0])) {
    addStatement('enterChange', enter(sampleInput(field, 1)));
    addStatement('expectChange', expectValue(sampleInput(field, 1)));
  }
  return source.text;
}

function renderControl(template: SourceEditor, { name, type, nullable, values = [] }: Field): string {
  const element = template.find(
    (node): node is ts.JsxElement | ts.JsxSelfClosingElement =>
      ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node),
    (node) => ts.isJsxFragment(node.parent) && node.getText().includes(`form.register('${type}')`),
  );
  if (!element) {
    throw new Error(`${controls} has no control for the type ${type}.`);
  }
  const options = values.map((value) => `<option value="${value}">${label(value)}</option>`);
  return element
    .getText()
    .replace(/<option value="">.*<\/option>/, nullable ? '$&' : '')
    .replace(/<option value="value">.*<\/option>/, options.join(''))
    .replace(`'${type}'`, `'${name}'`)
    .replace(`errors.${type}?`, `errors.${name}?`)
    .replace('Label', label(name));
}

function formRule({ type, nullable, range, values = [] }: Field): string {
  const options = [...values, ...(nullable ? [''] : [])].map((value) => `'${value}'`).join(', ');
  switch (type) {
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

/** Returns one of two values to enter in a browser. */
function sampleInput({ name, type, range, values = [] }: Field, index: 0 | 1): string {
  switch (type) {
    case 'integer':
      return String(index === 0 ? (range?.min ?? 1) : (range?.max ?? 2));
    case 'timestamp':
      return `2030-01-0${index + 1}T10:00`;
    case 'enum':
      return values[Math.min(index, values.length - 1)] as string;
    default:
      // Without spaces, because the form trims them.
      return `${['Some', 'Other'][index]}-${name}`.padEnd(range?.min ?? 0, '.').slice(0, range?.max);
  }
}

/** `Due at`, for `dueAt`; `In progress`, for `in_progress`. */
function label(name: string): string {
  return capitalized(
    name
      .replace(/([A-Z])/g, ' $1')
      .replaceAll(/[-_]/g, ' ')
      .toLowerCase(),
  );
}

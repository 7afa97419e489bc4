import ts from 'typescript';
import type { Names } from '../../names.js';
import { SourceEditor } from '../../source-editor.js';
import type { Field } from '../fields.js';
import { decimalSample } from '../test-data.js';
import { label } from './form.js';

/** Adds a field to what the browser test enters and expects. */
export function addToBrowserTest(text: string, _names: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text);
  const addStatement = (owner: string, statement: string) => {
    const body = source.findIn(owner, ts.isBlock);
    if (body) {
      source.insert(body.statements.at(-1)?.end ?? body.end - 1, `\n${statement}`);
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

/** Returns one of two values to enter in a browser. */
function sampleInput(field: Field, index: 0 | 1): string {
  const { name, type, range, values = [] } = field;
  const word = ['Some', 'Other'][index] as string;
  switch (type) {
    case 'integer':
      return String(index === 0 ? (range?.min ?? 1) : (range?.max ?? 2));
    case 'decimal':
      return decimalSample(field, index + 1);
    case 'date':
      return `2030-01-0${index + 1}`;
    case 'timestamp':
      return `2030-01-0${index + 1}T10:00`;
    case 'enum':
      return values[Math.min(index, values.length - 1)] as string;
    case 'url':
      return `https://example.com/${word}`;
    case 'email':
      return `${word}@example.com`;
    case 'json':
      return String.raw`{\n  "name": "${word}"\n}`;
    default:
      // Without spaces, because the form trims them.
      return `${word}-${name}`.padEnd(range?.min ?? 0, '.').slice(0, range?.max);
  }
}

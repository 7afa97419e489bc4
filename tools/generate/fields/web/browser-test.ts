import ts from 'typescript';
import type { Names } from '../../names.js';
import { block, marker } from '../../nesting.js';
import { SourceEditor } from '../../source-editor.js';
import { type Field, isSent } from '../fields.js';
import { decimalSample } from '../test-data.js';
import { labelOf } from './form.js';

/** Adds a field to what the browser test enters and expects. */
export function addToBrowserTest(text: string, names: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text);
  const addStatement = (owner: string, statement: string) => {
    const body = source.findIn(owner, ts.isBlock);
    if (body && !body.getText().includes(statement)) {
      source.insert(body.statements.at(-1)?.end ?? body.end - 1, `\n${statement}`);
    }
  };
  const changed =
    fields.find(({ type, reference }) => type !== 'boolean' && !reference) ??
    fields.find((one) => !one.reference || isChosen(names, one));
  if (field.reference) {
    const isMany = field.type === 'refs';
    const references = source.findIn(isMany ? 'manyReferences' : 'references', ts.isArrayLiteralExpression);
    if (!isChosen(names, field) || !references) {
      return text;
    }
    const { collection } = field.reference;
    const name = `name: '${labelOf(field)}', exact: true`;
    const isOptional = isMany ? '' : `, isOptional: ${field.nullable}`;
    source.addElement(references, `{ label: '${labelOf(field)}', collection: '${collection}'${isOptional} }`);
    source.addImport('./rows.js', 'chooseFirst');
    addStatement('createOthers', `await createRow(user, '${collection}');`);
    const enterFirst = `await chooseFirst(page, '${labelOf(field)}');`;
    const expectFirst = isMany
      ? `await expect(page.getByRole('list', { ${name} }).getByRole('listitem')).toHaveCount(1);`
      : `await expect(page.getByRole('combobox', { ${name} })).not.toHaveValue('');`;
    addStatement('enterValues', enterFirst);
    addStatement('expectValues', expectFirst);
    if (field === changed) {
      addStatement('enterChange', enterFirst);
      addStatement('expectChange', expectFirst);
    }
    return source.text;
  }
  const isCheckbox = field.type === 'boolean';
  const fill = isCheckbox ? 'check' : field.type === 'enum' ? 'selectOption' : 'fill';
  const control = `page.getByLabel('${labelOf(field)}', { exact: true })`;
  const enter = (value: string) => `await ${control}.${fill}(${isCheckbox ? '' : `'${value}'`});`;
  const expectValue = (value: string) =>
    `await expect(${control}).${isCheckbox ? 'toBeChecked()' : `toHaveValue('${value}')`};`;
  addStatement('enterValues', enter(sampleInput(field, 0)));
  addStatement('expectValues', expectValue(sampleInput(field, 0)));
  if (field === changed) {
    addStatement('enterChange', enter(sampleInput(field, 1)));
    addStatement('expectChange', expectValue(sampleInput(field, 1)));
  }
  return source.text;
}

/** Whether the browser test chooses a row for the field. A reference to the module itself needs a row of the list. */
function isChosen({ plural }: Names, field: Field): boolean {
  return field.reference !== undefined && isSent(field) && field.reference.names.plural !== plural;
}

/** Keeps the parts of a browser test that fit the module. */
export function selectBrowserTests(text: string, names: Names, fields: Field[]): string {
  const chosen = fields.filter((field) => isChosen(names, field));
  const unused = [
    ...(chosen.length === 0 ? ['references'] : []),
    ...(['ref', 'refs'] as const).filter((type) => !chosen.some((field) => field.type === type)),
  ];
  const source = new SourceEditor(
    unused.reduce((selected, name) => selected.replace(block(name), ''), text).replace(marker, ''),
  );
  if (fields.some(({ reference }) => reference?.isParent)) {
    source.addImport('./rows.js', 'createRow');
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

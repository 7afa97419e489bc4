import ts from 'typescript';
import type { Names } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import { columnOf, valuesName } from './columns.js';
import { type Field, isFilter, isSearched, isSent, isSort } from './fields.js';

/** Adds a field to the schemas of the requests and responses. */
export function addToSchemas(text: string, names: Names, field: Field): string {
  const { singular, type, types, variable } = names;
  const source = new SourceEditor(text);
  const column = columnOf(names, field);
  const importHelper = (helper: string) => source.addImport('../http/field.schemas.js', helper);
  if (!isSent(field)) {
    source.addProperty(`${variable}Schema`, field.name, column.responseSchema, ['createdAt']);
    return source.text;
  }
  const helper = /^(plainText|reference|timestamp|trimmedText)\(/.exec(column.requestSchema)?.[1];
  if (helper) {
    importHelper(helper);
  }
  if (field.values) {
    source.addImport(`./${singular}.entity.js`, valuesName(names, field));
  }

  source.addProperty(`${variable}Fields`, field.name, column.requestSchema);
  const defaultValue = column.default ? `.default(${column.default})` : '';
  source.addProperty(`create${type}Schema`, field.name, `${variable}Fields.${field.name}${defaultValue}`);
  source.addProperty(`${variable}Schema`, field.name, column.responseSchema, ['createdAt']);

  const query = `find${types}Schema`;
  if (isFilter(field)) {
    const schema = field.values
      ? `z.enum(${valuesName(names, field)})`
      : field.reference
        ? `reference('${field.reference.collection}')`
        : 'queryBoolean()';
    const queryHelper = /^(queryBoolean|reference)\(/.exec(schema)?.[1];
    if (queryHelper) {
      importHelper(queryHelper);
    }
    source.addProperty(query, field.name, `${schema}.optional()`, ['search', 'sort']);
  }
  if (isSearched(field)) {
    importHelper('plainText');
    source.addProperty(query, 'search', 'plainText({ max: 200 }).optional()', ['sort']);
  }
  const orders = source.findIn(query, ts.isArrayLiteralExpression);
  if (isSort(field) && orders) {
    source.addElement(orders, `'${field.name}', '-${field.name}'`, (order) => {
      const name = (order as ts.StringLiteral).text.replace('-', '');
      return name !== 'createdAt' && name > field.name;
    });
  }
  return source.text;
}

import ts from 'typescript';
import type { Names } from '../names.js';
import { found, SourceEditor } from '../source-editor.js';
import { columnOf, valuesName } from './columns.js';
import {
  type Field,
  filterParameter,
  isFilter,
  isSearched,
  isSent,
  isSort,
  rangeParameters,
} from './fields.js';

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
  for (const [, helper] of column.requestSchema.matchAll(/(?<![.\w])(\w+)\(/g)) {
    importHelper(helper as string);
  }
  if (column.exported) {
    source.addImport(`./${singular}.entity.js`, column.exported.name);
  }

  source.addProperty(`${variable}Fields`, field.name, column.requestSchema);
  const defaultValue = column.default ? `.default(${column.default})` : '';
  source.addProperty(`create${type}Schema`, field.name, `${variable}Fields.${field.name}${defaultValue}`);
  source.addProperty(`${variable}Schema`, field.name, column.responseSchema, ['createdAt']);

  const query = `find${types}Schema`;
  if (isFilter(field)) {
    const schema = filterSchema(names, field);
    if (!schema.startsWith('z.')) {
      importHelper(schema.slice(0, schema.indexOf('(')));
    }
    source.addProperty(query, filterParameter(field), `${schema}.optional()`, ['search', 'sort']);
  }
  for (const parameter of Object.values(rangeParameters(field) ?? {})) {
    source.addProperty(query, parameter, 'timestamp().optional()', ['search', 'sort']);
  }
  if (isSearched(field)) {
    importHelper('plainText');
    source.addProperty(query, 'search', 'plainText({ max: 200 }).optional()', ['sort']);
  }
  if (isSort(field)) {
    const schema = source.findIn(query, ts.isObjectLiteralExpression);
    const sort = schema?.properties.find((property) => property.name?.getText() === 'sort');
    const orders = found(
      sort && source.find(ts.isArrayLiteralExpression, undefined, sort),
      `an array of sort orders in "${query}"`,
    );
    source.addElement(orders, `'${field.name}', '-${field.name}'`, (order) => {
      const name = (order as ts.StringLiteral).text.replace('-', '');
      return name !== 'createdAt' && name > field.name;
    });
  }
  return source.text;
}

/** Returns the schema of a query parameter that filters a list. */
function filterSchema(names: Names, field: Field): string {
  switch (field.type) {
    case 'enum':
      return `z.enum(${valuesName(names, field)})`;
    case 'ref':
      return `reference('${field.reference!.collection}')`;
    case 'refs':
      return `reference('${field.reference!.collection}').transform((id) => [id])`;
    case 'string[]':
      // The repository finds rows that contain all items of an array.
      return `trimmedText({ max: ${field.range?.max} }).transform((item) => [item])`;
    default:
      return 'queryBoolean()';
  }
}

import ts from 'typescript';
import type { Names } from '../names.js';
import { SourceEditor } from '../source-editor.js';
import { checkName, columnOf, indexName, itemIndexName, searchIndexName } from './columns.js';
import { type Field, isSearched, isSort } from './fields.js';

/**
 * Adds a field to an entity: a column with its indexes and constraint.
 *
 * @param fields all fields of the module.
 */
export function addToEntity(text: string, names: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text);
  const { options, valueType, check, exported } = columnOf(names, field);
  source.addImport('typeorm', 'Column');
  if (isSort(field)) {
    addDecorator(source, 'Index', `'${indexName(names, field, fields)}', ['ownerId', '${field.name}', 'id']`);
  }
  if (isSearched(field)) {
    addDecorator(source, 'Index', `'${searchIndexName(names)}', { synchronize: false }`);
  }
  if (field.type === 'string[]') {
    addDecorator(source, 'Index', `'${itemIndexName(names, field)}', { synchronize: false }`);
  }
  if (check) {
    addDecorator(source, 'Check', `'${checkName(names, field)}', ${JSON.stringify(check)}`);
  }
  const column = [...(field.column === field.name ? [] : [`name: '${field.column}'`]), ...options];
  const comment =
    column.includes("collation: 'und-x-icu'") && !text.includes('und-x-icu')
      ? '/** Sorted by the Unicode root collation (CLDR), which is the same on every server. */\n'
      : '';
  source.insert(
    entityOf(source).end - 1,
    `\n${comment}@Column({ ${column.join(', ')} })\n${field.name}!: ${valueType};\n`,
  );
  if (exported) {
    source.insert(entityOf(source).getStart(undefined, true), `${exported.declaration}\n\n`);
    if (/\bz\./.test(exported.declaration)) {
      source.addImport('zod', 'z');
    }
  }
  return source.text;
}

/** Adds a decorator below `@Entity`, in alphabetical order, if the class doesn't have it. */
function addDecorator(source: SourceEditor, name: string, args: string): void {
  const entity = entityOf(source);
  const code = `@${name}(${args})`;
  const decorators = ts.getDecorators(entity)?.slice(1) ?? [];
  if (decorators.some((decorator) => decorator.getText() === code)) {
    return;
  }
  const next =
    decorators.find((decorator) => decorator.getText() > code) ??
    entity.modifiers?.find((modifier) => !ts.isDecorator(modifier)) ??
    entity;
  source.insert(next.getStart(), `${code}\n`);
  source.addImport('typeorm', name);
}

function entityOf(source: SourceEditor): ts.ClassDeclaration {
  return source.find(ts.isClassDeclaration) as ts.ClassDeclaration;
}

import ts from 'typescript';
import type { Names } from '../names.js';
import { found, SourceEditor } from '../source-editor.js';
import { checkName, columnOf, fieldIndexes, foreignKeyName, searchIndexName } from './columns.js';
import { type Field, isSearched } from './fields.js';
import { joinTableOf } from './join-table.js';

/**
 * Adds a field to an entity: a column with its indexes and constraint.
 *
 * @param fields all fields of the module.
 */
export function addToEntity(text: string, names: Names, field: Field, fields: Field[]): string {
  const source = new SourceEditor(text);
  const { options, valueType, check, exported } = columnOf(names, field);
  if (exported) {
    source.insert(entityOf(source).getStart(undefined, true), `${exported.declaration}\n\n`);
    if (/\bz\./.test(exported.declaration)) {
      source.addImport('zod', 'z');
    }
  }
  if (field.type === 'refs') {
    addLinkedIds(source, names, field);
    return source.text;
  }
  source.addImport('typeorm', 'Column');
  for (const { name, properties, isUnique } of fieldIndexes(names, field, fields)) {
    const keys = properties && `['${properties.join("', '")}']${isUnique ? ', { unique: true }' : ''}`;
    addDecorator(source, 'Index', `'${name}', ${keys ?? '{ synchronize: false }'}`);
  }
  if (isSearched(field)) {
    addDecorator(source, 'Index', `'${searchIndexName(names, field)}', { synchronize: false }`);
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
  if (field.reference) {
    addRelation(source, names, field);
  }
  return source.text;
}

function addLinkedIds(source: SourceEditor, names: Names, field: Field): void {
  const { names: join, fields } = joinTableOf(names, field);
  const [from, to] = fields.map(({ column }) => column);
  source.addImport('../database/linked-ids.decorator.js', 'LinkedIds');
  source.insert(
    entityOf(source).end - 1,
    `\n@LinkedIds({ table: '${join.table}', from: '${from}', to: '${to}' })\n${field.name}!: string[];\n`,
  );
}

function addRelation(source: SourceEditor, names: Names, field: Field): void {
  const { relation, names: other, onDelete } = field.reference!;
  const key = `foreignKeyConstraintName: '${foreignKeyName(names, field)}'`;
  source.addImport('typeorm', 'JoinColumn');
  source.addImport('typeorm', 'ManyToOne');
  if (other.plural !== names.plural) {
    source.addImport(`../${other.plural}/${other.singular}.entity.js`, other.type);
  }
  source.insert(
    entityOf(source).end - 1,
    `
/** Only for queries in an owner scope. To change it, write \`${field.name}\`. */
@ManyToOne(() => ${other.type}, { onDelete: '${onDelete}' })
@JoinColumn([
  { name: 'owner_id', referencedColumnName: 'ownerId', ${key} },
  { name: '${field.column}', referencedColumnName: 'id', ${key} },
])
${relation}?: ${other.type}${field.nullable ? ' | null' : ''};
`,
  );
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
  const entity = source.find(ts.isClassDeclaration, (node) =>
    Boolean(ts.getDecorators(node)?.some((decorator) => decorator.getText().startsWith('@Entity('))),
  );
  return found(entity, 'a class with @Entity');
}

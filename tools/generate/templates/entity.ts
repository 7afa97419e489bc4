import { type Field, isSearched, isSort } from '../fields.js';
import type { Names } from '../names.js';
import { columnOf, valuesName } from './columns.js';
import { checkName, indexName, searchIndexName } from './constraints.js';

export function entityFile(names: Names, fields: Field[]): string {
  const sorts = fields.filter(isSort).toSorted(byName);
  const searched = fields.some(isSearched);
  const checks = fields.filter((field) => columnOf(names, field).check);
  const imports = [
    'Column',
    'Entity',
    ...(sorts.length > 0 || searched ? ['Index'] : []),
    ...(checks.length > 0 ? ['Check'] : []),
  ];
  const text = fields.find(({ type }) => type === 'string');
  return `import { ${imports.toSorted().join(', ')} } from 'typeorm';
import { OwnedEntity } from '../../database/owned.entity.js';

${fields
  .filter(({ type }) => type === 'enum')
  .map((field) => values(names, field))
  .join('')}${indexed(sorts.length > 0, searched)}@Entity('${names.table}')
${sorts.map((field) => `@Index('${indexName(names, fields, field)}', ['ownerId', '${field.name}', 'id'])\n`).join('')}${
    searched ? `@Index('${searchIndexName(names)}', { synchronize: false })\n` : ''
  }${checks
    .map((field) => `@Check('${checkName(names, field)}', ${JSON.stringify(columnOf(names, field).check)})\n`)
    .join('')}export class ${names.type} extends OwnedEntity {
${fields.map((field) => property(names, field, field === text)).join('\n')}}
`;
}

function indexed(sorts: boolean, searched: boolean): string {
  if (!sorts && !searched) return '';
  const one = sorts ? 'each other order has an index' : 'the search has an index';
  return `/** The primary key (owner_id, id) serves lookups and the order of creation; ${
    sorts && searched ? 'other orders and the search have indexes' : one
  }. */\n`;
}

function values(names: Names, field: Field): string {
  const list = field.values?.map((value) => `'${value}'`).join(', ');
  return `export const ${valuesName(names, field)} = [${list}] as const;\n\n`;
}

function property(names: Names, field: Field, isFirstText: boolean): string {
  const { options, valueType } = columnOf(names, field);
  const all = field.column === field.name ? options : [`name: '${field.column}'`, ...options];
  const comment = isFirstText
    ? '/** Sorts by the root collation of Unicode (CLDR), the same on every server. */\n'
    : '';
  return `${comment}@Column({ ${all.join(', ')} })\n${field.name}!: ${valueType};\n`;
}

export function byName(one: Field, other: Field): number {
  return one.name < other.name ? -1 : 1;
}

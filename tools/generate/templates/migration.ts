import { type Field, isSearched, isSort } from '../fields.js';
import type { Names } from '../names.js';
import { sqlName } from '../reserved-words.js';
import { columnOf } from './columns.js';
import { checkName, indexName, searchIndexName } from './constraints.js';
import { byName } from './entity.js';

/** `create-notes` */
export function migrationName({ plural }: Names): string {
  return `create-${plural}`;
}

export function migrationFile(names: Names, fields: Field[], className: string): string {
  const table = sqlName(names.table);
  const members = [
    'owner_id text NOT NULL',
    'id uuid NOT NULL',
    'version integer NOT NULL DEFAULT 1',
    ...fields.map((field) => `${sqlName(field.column)} ${columnOf(names, field).sql}`),
    'created_at timestamptz(3) NOT NULL',
    'updated_at timestamptz(3) NOT NULL',
    `CONSTRAINT ${names.table}_pkey PRIMARY KEY (owner_id, id)`,
    ...fields.flatMap((field) => check(names, field)),
  ];
  const indexes = fields
    .filter(isSort)
    .toSorted(byName)
    .map((field) => {
      const sql = `CREATE INDEX ${indexName(names, fields, field)} ON ${table} (owner_id, ${sqlName(field.column)}, id)`;
      return `await queryRunner.query(${JSON.stringify(sql)});\n`;
    });
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`
      CREATE TABLE ${table} (
${members.map((member) => `        ${member}`).join(',\n')}
      )
    \`);
    ${indexes.join('')}${searchIndex(names, fields)}}

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(${JSON.stringify(`DROP TABLE ${table}`)});
  }
}
`;
}

function searchIndex(names: Names, fields: Field[]): string {
  const texts = fields
    .filter(isSearched)
    .map(({ column }) => `lower(${sqlName(column)} COLLATE "und-x-icu") gin_trgm_ops`);
  if (texts.length === 0) return '';
  return `await queryRunner.query(\`
      CREATE INDEX ${searchIndexName(names)} ON ${sqlName(names.table)} USING gin (
${['owner_id', ...texts].map((member) => `        ${member}`).join(',\n')}
      )
    \`);
`;
}

function check(names: Names, field: Field): string[] {
  const condition = columnOf(names, field).check;
  return condition ? [`CONSTRAINT ${checkName(names, field)} CHECK (${condition})`] : [];
}

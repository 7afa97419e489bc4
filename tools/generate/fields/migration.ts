import ts from 'typescript';
import type { Names } from '../names.js';
import { sqlName } from '../reserved-words.js';
import { SourceEditor } from '../source-editor.js';
import {
  checkName,
  columnDefinition,
  columnOf,
  fieldIndexes,
  foreignKey,
  foreignKeyName,
  referenceStatistics,
} from './columns.js';
import { type Field, isSearched } from './fields.js';

/** Adds fields to the migration that creates their table: columns, constraints and indexes. */
export function addToMigration(text: string, names: Names, fields: Field[]): string {
  const source = new SourceEditor(text);
  const columns = fields.filter(({ type }) => type !== 'refs').map((field) => columnDefinition(names, field));
  const constraints = fields
    .map((field) => ({ name: checkName(names, field), condition: columnOf(names, field).check }))
    .filter(({ condition }) => condition)
    .map(({ name, condition }) => `CONSTRAINT ${name} CHECK (${condition})`);
  const foreignKeys = fields
    .filter(({ type }) => type === 'ref')
    .map((field) => `CONSTRAINT ${foreignKeyName(names, field)} ${foreignKey(field)}`);
  editSql(source, 'CREATE TABLE', (sql) =>
    addLines(addLines(sql, 'version .*', columns), 'CONSTRAINT .*', [...constraints, ...foreignKeys]),
  );

  const searched = fields
    .filter(isSearched)
    .map(({ column }) => `lower(${sqlName(column)} COLLATE "und-x-icu") gin_trgm_ops`);
  editSql(source, 'USING gin', (sql) => addLines(sql, 'owner_id', searched));

  const { statements } = source.findIn('up', ts.isBlock) as ts.Block;
  const [createTable, searchIndex] = statements as unknown as [ts.Statement, ts.Statement];
  const indexes = fields
    .flatMap((field) => fieldIndexes(names, field, fields))
    .map(
      ({ name, members, isUnique }) =>
        `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${name} ON ${sqlName(names.table)} ${members}`,
    )
    .toSorted()
    .concat(fields.flatMap((field) => referenceStatistics(names, field)))
    .map((sql) => `\nawait queryRunner.query(${JSON.stringify(sql)});`);
  source.replace(createTable.end, searched.length > 0 ? createTable.end : searchIndex.end, indexes.join(''));
  return source.text;
}

/** Replaces the first template literal that contains `keyword`. */
function editSql(source: SourceEditor, keyword: string, edit: (sql: string) => string): void {
  const literal = source.find(ts.isNoSubstitutionTemplateLiteral, ({ text }) => text.includes(keyword));
  if (literal) {
    source.replace(literal.getStart(), literal.end, edit(literal.getText()));
  }
}

/** Adds lines to a list separated by commas, below the first line that matches. */
function addLines(sql: string, pattern: string, lines: string[]): string {
  return sql.replace(
    new RegExp(`^( *)(${pattern}?)(,?)$`, 'm'),
    (_, indent: string, line: string, comma: string) => {
      const all = [line, ...lines].map((member) => `${indent}${member}`);
      return `${all.join(',\n')}${comma}`;
    },
  );
}

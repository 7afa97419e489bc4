import { type MigrationStep, migrationSteps } from '../../db/migration-steps.js';
import type { Names } from '../names.js';
import { sqlName } from '../reserved-words.js';
import {
  checkName,
  columnDefinition,
  columnOf,
  fieldIndexes,
  foreignKey,
  foreignKeyName,
  referenceStatistics,
  searchIndexName,
} from './columns.js';
import { type Field, isSearched } from './fields.js';

/**
 * Returns the migrations that add a column to a table with rows. None of them rewrites the table, or scans it while
 * writes wait: the default is a constant, and constraints are validated and indexes built outside a transaction.
 */
export function addColumn(names: Names, field: Field, fields: Field[]): MigrationStep[] {
  const table = `"${names.table}"`;
  const column = sqlName(field.column);
  const { check } = columnOf(names, field);
  const index = (name: string, members: string) => `CREATE INDEX "${name}" ON ${table} ${members}`;
  const constraint = (name: string, definition: string) =>
    `ALTER TABLE ${table} ADD CONSTRAINT "${name}" ${definition}`;
  const searched = `lower(${column} COLLATE "und-x-icu") gin_trgm_ops`;
  const steps = migrationSteps({
    up: [
      `ALTER TABLE ${table} ADD ${columnDefinition(names, field)}`,
      ...(check ? [constraint(checkName(names, field), `CHECK (${check})`)] : []),
      ...(field.reference ? [constraint(foreignKeyName(names, field), foreignKey(field))] : []),
      ...referenceStatistics(names, field),
      ...fieldIndexes(names, field, fields).map(({ name, members }) => index(name, members)),
      ...(isSearched(field)
        ? [index(searchIndexName(names, field), `USING gin (owner_id, ${searched})`)]
        : []),
    ],
    down: [`ALTER TABLE ${table} DROP COLUMN ${column}`],
  });
  return steps.map(({ suffix, up, down }) => ({ suffix, up: up.map(unquoted), down: down.map(unquoted) }));
}

/** Removes the quotes that a name doesn't need. */
function unquoted(sql: string): string {
  return sql.replace(/"([a-z_][a-z0-9_]*)"/g, (_, name: string) => sqlName(name));
}

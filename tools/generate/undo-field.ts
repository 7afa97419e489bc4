import { className } from '../db/migration-file.js';
import { root } from '../project.js';
import { columnOf } from './fields/columns.js';
import type { Field } from './fields/fields.js';
import { joinTableOf } from './fields/join-table.js';
import { applyChanges, describeChanges, planChanges, readIfExists, revertChange } from './file-changes.js';
import { fieldManifestPath, readFieldManifest } from './manifest.js';
import { migrationIndex, migrations, newestTimestamp } from './module-files.js';
import type { Names } from './names.js';
import { sqlName } from './reserved-words.js';
import { assertNotPushed, type LostRows, revertMigrations } from './revert-migration.js';

/**
 * Removes a field that `generate:field` added, and its column in the development database. Other edits of the same files
 * stay.
 *
 * @throws Error if the code of the field was edited, or if its migration is not the newest or was pushed.
 */
export async function undoField(
  plural: string,
  name: string,
  options: { yes: boolean; force: boolean },
  signal: AbortSignal,
): Promise<void> {
  const manifest = readFieldManifest({ plural }, name);
  if (!manifest) {
    throw new Error(
      `${plural}.${name} was not added with generate:field in this clone. Remove the code yourself, and write a ` +
        'migration that drops the column.',
    );
  }
  const { names, field, changes } = manifest;
  const [newest] = manifest.migrations.at(-1)!;
  if (newestTimestamp(readIfExists(root, migrationIndex)!) !== manifest.migrations.at(-1)![1]) {
    throw new Error(
      `Migrations were added after ${newest}. If generate:field added them, undo those fields first. If not, write a ` +
        'migration that drops the column.',
    );
  }
  for (const [migration, timestamp] of manifest.migrations) {
    assertNotPushed(`${migrations}/${timestamp}-${migration}.ts`, options.force);
  }
  const edits = new Map(changes.map((change) => [change.path, revertChange(name, change)]));
  const planned = await planChanges(edits, signal);
  signal.throwIfAborted();
  await revertMigrations(
    manifest.migrations.map(([migration, timestamp]) => className(migration, timestamp)).toReversed(),
    lostRows(names, field),
    options,
  );
  const path = fieldManifestPath(names, name);
  applyChanges([...planned, { path, before: readIfExists(root, path), after: undefined }]);
  console.log(`${describeChanges(planned)}\n\nRemoved ${plural}.${name}.`);
}

function lostRows(names: Names, field: Field): LostRows {
  if (field.type === 'refs') {
    const { table } = joinTableOf(names, field).names;
    return { of: table, question: `The table ${table} has {} rows. Drop it?` };
  }
  const column = sqlName(field.column);
  const { default: value = 'NULL' } = columnOf(names, field);
  return {
    of: `${sqlName(names.table)} WHERE ${column} IS DISTINCT FROM ${value}`,
    question: `{} rows of the table ${names.table} have a value in ${column}. Drop the column?`,
  };
}

import ts from 'typescript';
import { migrationSource, registered } from '../db/migration-file.js';
import type { MigrationStep } from '../db/migration-steps.js';
import { root } from '../project.js';
import { addColumn } from './fields/added-column.js';
import { columnOf, fieldIndexes, searchIndexName } from './fields/columns.js';
import { canHaveDefault, type Field, isSearched, parseFields } from './fields/fields.js';
import { sqlOf } from './fields/join-table.js';
import { restoreTests, sampleValue } from './fields/test-data.js';
// web:start
import { newReferenceFile, webFilesOf } from './fields/web/files.js';
// web:end
import { diffOf } from './file-changes.js';
import type { FieldManifest } from './manifest.js';
import {
  addField,
  type AddField,
  features,
  formatted,
  joinTableFiles,
  migrationIndex,
  migrations,
  moduleFiles,
  newestTimestamp,
} from './module-files.js';
import { assertNoFieldConflict, assertNoJoinTableConflict } from './name-conflicts.js';
import type { Names } from './names.js';
import { resolveReferences } from './references.js';
import { SourceEditor } from './source-editor.js';

/**
 * Parses the fields to add.
 *
 * @throws Error if a field is invalid, or would have no value in the rows that exist.
 */
export function parseAddedFields(names: Names, text: string): Field[] {
  const fields = resolveReferences(names, parseFields(text), false).map((field) => ({
    ...field,
    isAdded: true,
  }));
  for (const field of fields) {
    if (!field.nullable && columnOf(names, field).default === undefined) {
      const { type, range, values, reference } = field;
      const name = reference?.relation ?? field.name;
      const argument =
        values?.join('|') ?? reference?.names.plural ?? (range && `${range.min}..${range.max}`);
      const declaration = `${name}:${type}${argument ? `(${argument})` : ''}`;
      const value = sampleValue(field).replaceAll("'", '');
      const useDefault = canHaveDefault(field) ? `give it a default, "${declaration}=${value}", or ` : '';
      throw new Error(
        `"${name}" needs a value in the rows that exist: ${useDefault}make it nullable, "${declaration}?".`,
      );
    }
  }
  return fields;
}

/**
 * Plans the changes that add a field to a module.
 *
 * @param read returns the text of a file with the changes planned before, or undefined if there is no such file
 * @throws Error that says what to add where if a file has no place for the field
 */
export async function planField(
  names: Names,
  field: Field,
  read: (path: string) => string | undefined,
): Promise<FieldManifest> {
  const entity = read(entityPath(names)) ?? '';
  const known = knownFields(entity);
  assertNew(names, field, known, entity);
  const fields = [...known, field];
  const edits: [path: string, source: string][] = [];
  const problems: string[] = [];
  const example = await moduleFiles('api', names, [field], 0);
  const files = [
    ...apiFilesOf(names, field),
    // web:start
    ...webFilesOf(names, read, addField),
    // web:end
  ];
  for (const [path, add] of files) {
    const text = read(path);
    try {
      if (text === undefined) {
        throw new Error('The file does not exist.');
      }
      const edited = add(text, names, field, fields);
      const isTest = path.endsWith('.e2e-spec.ts') && !field.reference;
      edits.push([path, isTest ? restoreTests(edited, example.get(path)!) : edited]);
    } catch (error) {
      problems.push(`${path}: ${(error as Error).message}\n${await exampleOf(names, field, path)}`);
    }
  }
  // web:start
  edits.push(...newReferenceFile(names, field, read));
  // web:end

  const index = read(migrationIndex)!;
  const start = Math.max(Date.now(), newestTimestamp(index) + 1);
  const joinTable = field.type === 'refs' ? joinTableFiles(names, field) : undefined;
  edits.push(...(joinTable ? [joinTable.entity] : []));
  const added = joinTable ? [createJoinTable(joinTable.migration)] : addColumn(names, field, fields);
  const steps = added.map((step, position): [string, number, typeof step] => [
    `add-${field.column.replaceAll('_', '-')}-to-${names.plural}${step.suffix}`,
    start + position,
    step,
  ]);
  for (const [name, timestamp, step] of steps) {
    const source = migrationSource(name, timestamp, step, step.suffix !== '-concurrently');
    edits.push([`${migrations}/${timestamp}-${name}.ts`, source]);
  }
  edits.push([
    migrationIndex,
    steps.reduce((text, [name, timestamp]) => registered(text, name, timestamp), index),
  ]);
  const changes = Array.from(await formatted(edits), ([path, after]) => ({
    path,
    before: read(path),
    after,
  }));
  const changed = changes.filter(({ before, after }) => before !== after);
  if (problems.length > 0) {
    throw new Error(
      `No file was changed, because the generator found no place for "${field.name}" here:\n\n` +
        `${problems.join('\n')}\n` +
        'These are the other changes, which git apply accepts. Then update the generated files as AGENTS.md says.' +
        `\n\n${diffOf(changed)}`,
    );
  }
  return { names, field, migrations: steps.map(([name, timestamp]) => [name, timestamp]), changes: changed };
}

function entityPath({ plural, singular }: Names): string {
  return `${features}/${plural}/${singular}.entity.ts`;
}

/** The table is new and empty, so one migration creates it with its constraints and indexes. */
function createJoinTable(migration: string): MigrationStep {
  return { suffix: '', up: sqlOf(migration, 'up'), down: sqlOf(migration, 'down') };
}

function apiFilesOf(names: Names, { type }: Field): [path: string, add: AddField][] {
  const { plural } = names;
  const roles = ['schemas', 'service', 'e2e-spec', ...(type === 'refs' ? ['controller', 'module'] : [])];
  return [
    [entityPath(names), addField['.entity.ts']!],
    ...roles.map((role): [string, AddField] => [
      `${features}/${plural}/${plural}.${role}.ts`,
      addField[`.${role}.ts`]!,
    ]),
  ];
}

/** Returns the fields of an entity. Of their types, only those matter that have an index together with another field. */
function knownFields(entity: string): Field[] {
  const source = new SourceEditor(entity);
  const fields: Field[] = [];
  source.find(ts.isPropertyDeclaration, (property) => {
    const decorator = ts
      .getDecorators(property)
      ?.find((node) => /^@(Column|LinkedIds)\(/.test(node.getText()));
    if (decorator) {
      const name = property.name.getText();
      const option = source.find(
        ts.isPropertyAssignment,
        (node) => node.name.getText() === 'name',
        decorator,
      );
      const column = option && ts.isStringLiteral(option.initializer) ? option.initializer.text : name;
      const isIndexed = new RegExp(`'ownerId',\\s*'${name}',\\s*'id'`).test(entity);
      const type = isIndexed ? (decorator.getText().includes("'uuid'") ? 'ref' : 'integer') : 'json';
      fields.push({ name, column, type, nullable: false });
    }
    return false;
  });
  return fields;
}

/** @throws Error if the module has the field, or if a generated name is taken. */
function assertNew(names: Names, field: Field, known: Field[], entity: string): void {
  const { name, column } = field;
  if (known.some((other) => other.name === name || other.column === column)) {
    throw new Error(`${names.plural} already has a field "${name}". Choose another name.`);
  }
  assertNoFieldConflict(names, [field], known);
  assertNoJoinTableConflict(root, names, [field]);
  const taken = [
    ...fieldIndexes(names, field, [...known, field]).map(({ name: index }) => index),
    ...(isSearched(field) ? [searchIndexName(names, field)] : []),
    ...[columnOf(names, field).exported?.name ?? []].flat(),
  ].find((generated) => new RegExp(`\\b${generated}\\b`).test(entity));
  if (taken) {
    throw new Error(`The name "${taken}" is already in use. Choose another name for the field.`);
  }
}

/** Returns the change of a file in a module as the generator writes it. */
async function exampleOf(names: Names, field: Field, path: string): Promise<string> {
  const other = { ...parseFields(field.name === 'title' ? 'name:string' : 'title:string')[0]! };
  const app = path.startsWith('apps/web/') ? 'web' : 'api';
  const before = (await moduleFiles(app, names, [other], 0)).get(path);
  const after = (await moduleFiles(app, names, [other, field], 0)).get(path);
  return before === after
    ? ''
    : `In a generated module, the change is:\n\n${diffOf([{ path, before, after }])}`;
}

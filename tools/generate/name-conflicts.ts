import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkName, columnOf, fieldIndexes, foreignKeyName, searchIndexName } from './fields/columns.js';
import { type Field, isSearched, isSent } from './fields/fields.js';
import { joinTableOf } from './fields/join-table.js';
import { features } from './module-files.js';
import type { Names } from './names.js';

const maxIdentifierLength = 63;

/** @throws Error if the API in `root` has a folder, table, class, route or schema of this name. */
export function assertNoApiConflict(root: string, names: Names): void {
  const { plural, type, types } = names;
  if (existsSync(join(root, features, plural))) {
    reject(`The folder ${features}/${plural}`);
  }
  const sources = sourcesIn(root);
  if (new RegExp(`@Controller\\('${plural}['/]`).test(sources)) {
    reject(`The route /api/${plural}`);
  }
  assertNoTable(sources, names, [type, `${types}Module`, `${types}Controller`, `${types}Service`]);
  const document = JSON.parse(readFileSync(join(root, 'apps/api/openapi.json'), 'utf8')) as {
    components: { schemas: Record<string, unknown> };
  };
  const schemas = [type, `${type}Page`, `Create${type}`, `Update${type}`];
  const schema = schemas.find((name) => Object.hasOwn(document.components.schemas, name));
  if (schema) {
    reject(`The schema ${schema} in apps/api/openapi.json`);
  }
}

/** @throws Error if the API in `root` has a table or class with the name of a join table. */
export function assertNoJoinTableConflict(root: string, names: Names, fields: Field[]): void {
  for (const field of fields.filter(({ type }) => type === 'refs')) {
    const joinTable = joinTableOf(names, field);
    assertNoTable(sourcesIn(root), joinTable.names, [joinTable.names.type]);
    assertNoFieldConflict(joinTable.names, joinTable.fields);
  }
}

function assertNoTable(sources: string, { table }: Names, classes: string[]): void {
  if (new RegExp(`(@Entity\\('|CREATE TABLE "?)${table}\\b`).test(sources)) {
    reject(`The table ${table}`);
  }
  const existing = new RegExp(`^export (?:abstract )?class (${classes.join('|')})\\b`, 'm').exec(sources);
  if (existing) {
    reject(`The class ${existing[1]}`);
  }
}

function sourcesIn(root: string): string {
  return readdirSync(join(root, features), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, features, path), 'utf8'))
    .join('\n');
}

function reject(conflict: string): never {
  throw new Error(`${conflict} already exists. Choose another name.`);
}

/** Modules with these names would generate a hook or variable that the pages import or declare: `useState`. */
const usedInPages = new Set([
  'emailAddress',
  'etag',
  'format',
  'infiniteQuery',
  'mutation',
  'query',
  'queryClient',
  'router',
  'session',
  'state',
  'view',
]);

/** @throws Error if there is no web app, or if it has pages or code of this name. */
export function assertNoWebConflict(root: string, { plural, variable }: Names, fields: Field[]): void {
  if (!existsSync(join(root, 'apps/web'))) {
    throw new Error('This project has no web app. Omit --web.');
  }
  if (!fields.some(isSent)) {
    throw new Error('The form would have no fields. Add a field, or omit --web.');
  }
  if (usedInPages.has(variable)) {
    throw new Error(`The web app uses "${variable}" for something else. Choose another name, or omit --web.`);
  }
  for (const folder of [`apps/web/src/features/${plural}`, `apps/web/src/app/(signed-in)/${plural}`]) {
    if (existsSync(join(root, folder))) {
      throw new Error(`The folder ${folder} already exists. Choose another name, or omit --web.`);
    }
  }
}

/** @throws Error if two generated names are equal, or if one is too long for PostgreSQL. */
export function assertNoFieldConflict(names: Names, fields: Field[], known: Field[] = []): void {
  const constraints = [
    ...fields.flatMap((field) => fieldIndexes(names, field, [...known, ...fields]).map(({ name }) => name)),
    ...fields.filter(({ type }) => type === 'ref').map((field) => foreignKeyName(names, field)),
    ...(fields.some(isSearched) ? [searchIndexName(names)] : []),
    ...fields.filter((field) => columnOf(names, field).check).map((field) => checkName(names, field)),
  ];
  const tooLong = constraints.find((name) => name.length > maxIdentifierLength);
  if (tooLong) {
    throw new Error(
      `"${tooLong}" is longer than PostgreSQL's ${maxIdentifierLength} characters. Choose shorter names.`,
    );
  }
  const { type, types, variable } = names;
  const declared = [
    `${variable}Fields`,
    `${variable}Schema`,
    `${variable}PageSchema`,
    `create${type}Schema`,
    `update${type}Schema`,
    `find${types}Schema`,
    ...fields.flatMap((field) => columnOf(names, field).exported?.name ?? []),
  ];
  const duplicate = declared.find((name, index) => declared.indexOf(name) < index);
  if (duplicate) {
    throw new Error(
      `The generated code would declare "${duplicate}" twice. Choose another name for the field.`,
    );
  }
  const duplicateIndex = constraints.find((name, index) => constraints.indexOf(name) < index);
  if (duplicateIndex) {
    throw new Error(`The database would have two "${duplicateIndex}". Choose another name for the field.`);
  }
}

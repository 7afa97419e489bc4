import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { features } from './module-files.js';
import type { Names } from './names.js';
import { checkName, indexName, searchIndexName } from './templates/constraints.js';
import { type Field, isSearched, isSort } from './fields.js';
import { columnOf, valuesName } from './templates/columns.js';

const maxIdentifierLength = 63;

/**
 * @throws Error with a sentence for people, where the api in `root` has a folder, table, class, route or schema of that
 * name.
 */
export function checkNotTaken(root: string, names: Names): void {
  const { plural, table, type, types } = names;
  const refuse = (what: string) => {
    throw new Error(`${what} is there already: choose another name, or take that one out first.`);
  };
  if (existsSync(join(root, features, plural))) refuse(`The folder ${features}/${plural}`);
  const sources = readdirSync(join(root, features), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, features, path), 'utf8'))
    .join('\n');
  if (new RegExp(`(@Entity\\('|CREATE TABLE "?)${table}\\b`).test(sources)) refuse(`A table ${table}`);
  if (new RegExp(`@Controller\\('${plural}['/]`).test(sources)) refuse(`A route /api/${plural}`);
  const classes = [type, `${types}Module`, `${types}Controller`, `${types}Service`];
  const known = new RegExp(`^export (?:abstract )?class (${classes.join('|')})\\b`, 'm').exec(sources);
  if (known) refuse(`A class ${known[1]}`);
  const document = JSON.parse(readFileSync(join(root, 'apps/api/openapi.json'), 'utf8')) as {
    components: { schemas: Record<string, unknown> };
  };
  const schemas = [type, `${type}Page`, `Create${type}`, `Update${type}`];
  const schema = schemas.find((name) => Object.hasOwn(document.components.schemas, name));
  if (schema) refuse(`A schema ${schema} in apps/api/openapi.json`);
}

/** The hooks and functions that the pages import: `useState`, `format`. */
const usedByPages = new Set([
  'format',
  'infiniteQuery',
  'mutation',
  'query',
  'queryClient',
  'router',
  'state',
]);

/** @throws Error with a sentence for people, where there is no web app, or it has pages or hooks of that name. */
export function checkPagesNotTaken(root: string, { plural, variable }: Names): void {
  if (!existsSync(join(root, 'apps/web'))) throw new Error('There is no web app here to make pages in.');
  if (usedByPages.has(variable)) {
    throw new Error(
      `"${variable}" means something else in the web app: choose another name, or leave out --web.`,
    );
  }
  for (const folder of [`apps/web/src/features/${plural}`, `apps/web/src/app/(signed-in)/${plural}`]) {
    if (existsSync(join(root, folder))) {
      throw new Error(`The folder ${folder} is there already: choose another name, or leave out --web.`);
    }
  }
}

/** @throws Error with a sentence for people, where two names of what is made of the fields are one, or one is too long. */
export function checkFieldNames(names: Names, fields: Field[]): void {
  const constraints = [
    ...fields.filter(isSort).map((field) => indexName(names, fields, field)),
    ...(fields.some(isSearched) ? [searchIndexName(names)] : []),
    ...fields.filter((field) => columnOf(names, field).check).map((field) => checkName(names, field)),
  ];
  const long = constraints.find((name) => name.length > maxIdentifierLength);
  if (long)
    throw new Error(
      `"${long}" is longer than Postgres' ${maxIdentifierLength} characters: choose shorter names.`,
    );
  const values = fields.filter(({ type }) => type === 'enum').map((field) => valuesName(names, field));
  const double = [...values, `${names.variable}Fields`].find((name, index, all) => all.indexOf(name) < index);
  if (double)
    throw new Error(`"${double}" would be there twice in the code: choose another name for the enum.`);
}

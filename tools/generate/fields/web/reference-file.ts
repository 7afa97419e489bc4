import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../project.js';
import { type Names, parseName } from '../../names.js';
import { rename, templates } from '../../rename.js';
import { type Field, isSearched } from '../fields.js';

const template = `${templates}/web/src/features/sample-items/api/sample-parent-reference.ts`;

interface Schema {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  minLength?: number;
  properties?: Record<string, Schema>;
}

interface OpenApiDocument {
  paths: Record<string, { get?: { parameters: { name: string; schema: Schema }[] } }>;
  components: { schemas: Record<string, Schema> };
}

/** How a form finds and names the rows of a module. */
interface RowOptions {
  /** The field that names a row. Without it, its id does. */
  label?: string;
  canBeEmpty?: boolean;
  isSorted?: boolean;
  isSearched: boolean;
}

/** `apps/web/src/features/notes/api/list-reference.ts` */
export function referencePath({ plural }: Names, { reference }: Field): string {
  return `apps/web/src/features/${plural}/api/${reference!.names.singular}-reference.ts`;
}

/** Returns the expression for the rows that a field can refer to. A nested module has them for each parent. */
export function referenceSource({ reference }: Field): string {
  const { names, collection } = reference!;
  const parent = parameterOf(collection);
  return `${names.variable}Reference${parent ? `(${parent})` : ''}`;
}

/** `noteId`, for `/api/notes/{noteId}/comments`. */
export function parameterOf(collection: string): string | undefined {
  return /\{(\w+)\}/.exec(collection)?.[1];
}

/**
 * Returns the source of a file with which forms find the rows that a field can refer to.
 *
 * @throws Error if the API has no list of them.
 */
export function referenceFile(names: Names, { reference, isAdded }: Field, fields: Field[]): string {
  const { names: other, collection, relation } = reference!;
  const parent = parameterOf(collection);
  const isSelf = other.plural === names.plural;
  if (parent && !isSelf) {
    throw new Error(
      `The API has no list of all ${other.things}, from which a form could offer one. Leave out "${relation}", or the pages (--web).`,
    );
  }
  const options = isSelf && !isAdded ? optionsOfFields(fields) : optionsOfApi(other, collection);
  const { label = 'id' } = options;
  const query = [
    `limit: ${options.isSearched ? 50 : 100}`,
    ...(options.isSorted ? [`sort: '${label}'`] : []),
    ...(options.isSearched ? ['...(search && { search })'] : []),
  ];
  const text = rename(readFileSync(join(root, template), 'utf8'), other, parseName('sample-parent'))
    .replace(/const query = \{.*\}/, `const query = { ${query.join(', ')} }`)
    .replace('{ id, title }', label === 'id' ? '{ id }' : `{ id, ${label} }`)
    .replace('label: title', `label: ${label}${options.canBeEmpty ? ' || id' : ''}`)
    .replace(
      'map(toOption);',
      options.isSearched
        ? '$&'
        : 'map(toOption).filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));',
    );
  return parent
    ? text
        .replace(/(const \w+): ReferenceSource = \{/, `$1 = (${parent}: string): ReferenceSource => ({`)
        .replace('};\n\nfunction', '});\n\nfunction')
        .replace(`['${other.plural}']`, `['${other.plural}', ${parent}]`)
        .replace(
          /'[^']*', \{ params: \{ query \}/,
          `'${collection}', { params: { path: { ${parent} }, query }`,
        )
    : text;
}

/** For a module that refers to itself, and isn't in the OpenAPI document yet. */
function optionsOfFields(fields: Field[]): RowOptions {
  const label = fields.find(({ type }) => type === 'string') ?? fields.find(({ type }) => type === 'text');
  return {
    label: label?.name,
    canBeEmpty: label && (label.nullable || label.range?.min === 0),
    isSorted: label?.type === 'string',
    isSearched: fields.some(isSearched),
  };
}

/** A title or name, or else the first text, names a row. */
function optionsOfApi({ type }: Names, collection: string): RowOptions {
  const { paths, components } = JSON.parse(
    readFileSync(join(root, 'apps/api/openapi.json'), 'utf8'),
  ) as OpenApiDocument;
  const texts = Object.entries(components.schemas[type]?.properties ?? {})
    .filter(([, schema]) => [schema.type].flat()[0] === 'string' && !schema.format && !schema.enum)
    .map(([name]) => name);
  const label = texts.find((name) => ['title', 'name'].includes(name)) ?? texts[0];
  const parameters = paths[collection]?.get?.parameters ?? [];
  const sorts = parameters.find(({ name }) => name === 'sort')?.schema.enum ?? [];
  return {
    label,
    canBeEmpty: label !== undefined && !components.schemas[`Create${type}`]?.properties?.[label]?.minLength,
    isSorted: sorts.includes(label),
    isSearched: parameters.some(({ name }) => name === 'search'),
  };
}

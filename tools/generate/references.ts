import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.js';
import { type Field, filterParameter, nestedPath } from './fields/fields.js';
import { readIfExists } from './file-changes.js';
import { filesIn } from './manifest.js';
import { features } from './module-files.js';
import type { Names } from './names.js';

/**
 * Checks the modules that fields refer to, and adds the paths where their rows are created.
 *
 * @param nested The new module's list belongs to a row of the first required reference.
 * @throws Error if a module doesn't exist or a reference is impossible.
 */
export function resolveReferences(names: Names, fields: Field[], nested: boolean): Field[] {
  const parent = fields.find(({ type, nullable }) => type === 'ref' && !nullable);
  if (nested && !parent) {
    throw new Error('--nested needs a required reference, such as --fields "task:ref(tasks) body:text".');
  }
  const document = JSON.parse(readFileSync(join(root, 'apps/api/openapi.json'), 'utf8')) as {
    paths: Record<string, { post?: object }>;
  };
  const paths = Object.keys(document.paths).filter((path) => document.paths[path]?.post);
  return fields.map((field) => {
    const { reference } = field;
    if (!reference) {
      return field;
    }
    const { plural } = reference.names;
    if (filterParameter(field) === `${names.variable}Id` && field.type === 'refs') {
      throw new Error(
        `The join table of "${reference.relation}" would have two columns for a ${names.thing}. Choose another name.`,
      );
    }
    const collection = paths.find((path) => path.endsWith(`/${plural}`));
    if (plural === names.plural) {
      assertSelfReference(field);
      const path = parent && nested ? nestedPath(names, parent) : `/api/${plural}`;
      return { ...field, reference: { ...reference, collection: collection ?? path } };
    }
    assertModule(reference.names);
    if (!collection) {
      throw new Error(`"${reference.relation}" refers to ${plural}, which has no route that creates a row.`);
    }
    return { ...field, reference: { ...reference, collection, isParent: nested && field === parent } };
  });
}

/** @throws Error if another module refers to this one. */
export function assertNoReferenceTo({ plural, singular }: Names): void {
  const entity = `'../${plural}/${singular}.entity.js'`;
  const file = filesIn(features).find((path) => readIfExists(root, path)?.includes(entity));
  if (file) {
    throw new Error(`${file} refers to ${plural}. Remove that module first.`);
  }
}

/** A row that requires or protects another one of its own module could never be created or deleted with all others. */
function assertSelfReference({ type, nullable, reference }: Field): void {
  const { relation, names, onDelete } = reference!;
  if (type === 'ref' && (!nullable || onDelete === 'RESTRICT')) {
    throw new Error(
      `"${relation}" refers to its own module. Only an optional reference can: ${relation}:ref(${names.plural})?`,
    );
  }
}

function assertModule({ plural, singular, type }: Names): void {
  const entity = readIfExists(root, `${features}/${plural}/${singular}.entity.ts`);
  if (entity?.includes(`class ${type} extends OwnedEntity`)) {
    return;
  }
  const known = filesIn(features)
    .map((path) => /\/([^/]+)\/[^/]+\.controller\.ts$/.exec(path)?.[1])
    .filter((module) => module && module !== 'me');
  throw new Error(`There is no module "${plural}" to refer to. The modules are: ${known.join(', ')}.`);
}

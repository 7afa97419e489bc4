import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { className } from '../db/migration-file.js';
import { root } from '../project.js';
import { addToEntity } from './fields/entity.js';
import type { Field } from './fields/fields.js';
import { addJoinTable, completeJoinEntity, joinTableOf } from './fields/join-table.js';
import { addToController, addToModule } from './fields/links.js';
import { addToMigration } from './fields/migration.js';
import { addToSchemas } from './fields/schemas.js';
import { addToService } from './fields/service.js';
import { addToE2eSpec, removeEmptyTests } from './fields/test-data.js';
// web:start
import { addToBrowserTest, selectBrowserTests } from './fields/web/browser-test.js';
import { addToForm } from './fields/web/form.js';
import { addToFormSchema } from './fields/web/form-schema.js';
import { addToList, addToListOptions } from './fields/web/list.js';
import { nestPages } from './fields/web/nested-pages.js';
import { referenceFile, referencePath } from './fields/web/reference-file.js';
// web:end
import { filesIn } from './manifest.js';
import { nest, selectTests } from './nesting.js';
import type { Names } from './names.js';
import { rename, templates } from './rename.js';

export const features = 'apps/api/src';
export const migrations = `${features}/database/migrations`;
export const migrationIndex = `${migrations}/index.ts`;
export const appModule = `${features}/app.module.ts`;
export const navItems = 'apps/web/src/components/layouts/nav-items.ts';

export type AddField = (text: string, names: Names, field: Field, fields: Field[]) => string;

/** How a field is added to a file, by the end of its path. */
export const addField: Record<string, AddField> = {
  '.entity.ts': addToEntity,
  '.module.ts': addToModule,
  '.controller.ts': addToController,
  '.schemas.ts': addToSchemas,
  '.service.ts': addToService,
  '.e2e-spec.ts': addToE2eSpec,
  // web:start
  '-form-schema.ts': addToFormSchema,
  '-form.tsx': addToForm,
  '-list-options.ts': addToListOptions,
  '-screen.tsx': addToList,
  '-section.tsx': addToList,
  '.browser.ts': addToBrowserTest,
  // web:end
};

/** Returns the files of a module in an app, formatted, by path. */
export function moduleFiles(
  app: 'api' | 'web',
  names: Names,
  fields: Field[],
  timestamp: number,
): Promise<Map<string, string>> {
  const joinTables = fields
    .filter(({ type }) => type === 'refs')
    .map((field) => joinTableFiles(names, field));
  const parent = fields.find(({ reference }) => reference?.isParent);
  const files = filesIn(`${templates}/${app}`)
    .filter((template) => /\/(src|test)\//.test(template) && !template.includes('sample-parent'))
    .map((template): [path: string, source: string] => {
      const [path, source] = renamed(template, names);
      if (path.startsWith(migrations)) {
        const name = migrationName(names);
        const created = addToMigration(source, names, fields);
        return [
          `${migrations}/${timestamp}-${name}.ts`,
          joinTables
            .reduce((text, { migration }) => addJoinTable(text, migration), created)
            .replace(/class \w+/, `class ${className(name, timestamp)}`),
        ];
      }
      const [, add] = Object.entries(addField).find(([end]) => path.endsWith(end)) ?? [];
      const complete = add ? fields.reduce((text, field) => add(text, names, field, fields), source) : source;
      if (path.endsWith('.e2e-spec.ts')) {
        return [path, removeEmptyTests(selectTests(complete, names, fields))];
      }
      // web:start
      if (path.endsWith('.browser.ts')) {
        return [path, selectBrowserTests(complete, names, fields)];
      }
      // web:end
      return [path, parent ? nest(path, complete, names, parent) : complete];
    });
  // web:start
  if (app === 'web') {
    const references = fields.filter(({ reference }) => reference && !reference.isParent);
    return formatted([
      ...(parent ? nestPages(files, names, parent) : files),
      ...references.map((field): [path: string, source: string] => [
        referencePath(names, field),
        referenceFile(names, field, fields),
      ]),
    ]);
  }
  // web:end
  return formatted([...files, ...joinTables.map(({ entity }) => entity)]);
}

/** Returns the entity of a join table, and the migration that would create only this table. */
export function joinTableFiles(
  names: Names,
  field: Field,
): { entity: [path: string, source: string]; migration: string } {
  const { names: joinNames, fields } = joinTableOf(names, field);
  const [, entity] = renamed(`${templates}/api/src/sample-items/sample-item.entity.ts`, joinNames);
  const [, migration] = renamed(`${templates}/api/src/database/migrations/create-sample-items.ts`, joinNames);
  const complete = fields.reduce((text, side) => addToEntity(text, joinNames, side, fields), entity);
  return {
    entity: [
      `${features}/${names.plural}/${joinNames.singular}.entity.ts`,
      completeJoinEntity(complete, names),
    ],
    migration: addToMigration(migration, joinNames, fields),
  };
}

/** Returns the path and the source of a file of the templates for another module. */
function renamed(template: string, names: Names): [path: string, source: string] {
  const path = rename(template.replace(templates, 'apps'), names);
  const source = rename(readFileSync(join(root, template), 'utf8'), names)
    .replace(/'(?:\.\.\/)+(apps\/[^']*)'/g, (_, file: string) => `'${relativePath(dirname(path), file)}'`)
    // Parameters that no code uses until a field is added.
    .replace(/\b_(?=[a-z])/g, '');
  return [path, source];
}

/** `create-notes` */
export function migrationName({ plural }: Names): string {
  return `create-${plural}`;
}

export function newestTimestamp(history: string): number {
  return Math.max(0, ...Array.from(history.matchAll(/'\.\/(\d+)-/g), ([, timestamp]) => Number(timestamp)));
}

export async function formatted(files: [path: string, source: string][]): Promise<Map<string, string>> {
  const all = files.map(async ([path, source]): Promise<[string, string]> => [
    path,
    await format(source, { ...(await resolveConfig(path)), filepath: path }),
  ]);
  return new Map(await Promise.all(all));
}

function relativePath(folder: string, file: string): string {
  const path = posix.relative(folder, file);
  return path.startsWith('.') ? path : `./${path}`;
}

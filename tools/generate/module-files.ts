import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { className } from '../db/migration-file.js';
import { root } from '../project.js';
import { addToEntity } from './fields/entity.js';
import type { Field } from './fields/fields.js';
import { addToMigration } from './fields/migration.js';
import { addToSchemas } from './fields/schemas.js';
import { addToService } from './fields/service.js';
import { addToE2eSpec, removeEmptyTests } from './fields/test-data.js';
// web:start
import { addToBrowserTest } from './fields/web/browser-test.js';
import { addToForm } from './fields/web/form.js';
import { addToFormSchema } from './fields/web/form-schema.js';
import { addToList, addToListOptions } from './fields/web/list.js';
// web:end
import { filesIn } from './manifest.js';
import { nest, selectTests } from './nesting.js';
import { capitalized, type Names, parseName } from './names.js';
import { sqlName } from './reserved-words.js';

export const features = 'apps/api/src';
export const migrations = `${features}/database/migrations`;
export const migrationIndex = `${migrations}/index.ts`;
export const appModule = `${features}/app.module.ts`;
export const navItems = 'apps/web/src/components/layouts/nav-items.ts';

const templates = 'tools/generate/templates';
/** The module in the templates. Two words, so that each of its spellings is a different text. */
const templateNames = parseName('sample-item');

export type AddField = (text: string, names: Names, field: Field, fields: Field[]) => string;

/** How a field is added to a file, by the end of its path. */
export const addField: Record<string, AddField> = {
  '.entity.ts': addToEntity,
  '.schemas.ts': addToSchemas,
  '.service.ts': addToService,
  '.e2e-spec.ts': addToE2eSpec,
  // web:start
  '-form-schema.ts': addToFormSchema,
  '-form.tsx': addToForm,
  '-list-options.ts': addToListOptions,
  '-screen.tsx': addToList,
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
  const files = filesIn(`${templates}/${app}`)
    .filter((template) => /\/(src|test)\//.test(template))
    .map((template): [path: string, source: string] => {
      const path = rename(template.replace(templates, 'apps'), names);
      const source = rename(readFileSync(join(root, template), 'utf8'), names)
        .replace(/'(?:\.\.\/)+(apps\/[^']*)'/g, (_, file: string) => `'${relativePath(dirname(path), file)}'`)
        // Parameters that no code uses until a field is added.
        .replace(/\b_(?=[a-z])/g, '');
      if (path.startsWith(migrations)) {
        const name = migrationName(names);
        return [
          `${migrations}/${timestamp}-${name}.ts`,
          addToMigration(source, names, fields).replace(/class \w+/, `class ${className(name, timestamp)}`),
        ];
      }
      const [, add] = Object.entries(addField).find(([end]) => path.endsWith(end)) ?? [];
      const parent = fields.find(({ reference }) => reference?.isParent);
      const complete = add ? fields.reduce((text, field) => add(text, names, field, fields), source) : source;
      if (path.endsWith('.e2e-spec.ts')) {
        return [path, removeEmptyTests(selectTests(complete, names, fields))];
      }
      return [path, parent ? nest(path, complete, names, parent) : complete];
    });
  return formatted(files);
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

/** Replaces every spelling of the module in the templates. */
function rename(text: string, names: Names): string {
  const spellings = new Map([
    ...Object.entries(templateNames).map(([kind, name]): [string, string] => [
      name,
      names[kind as keyof Names],
    ]),
    [capitalized(templateNames.thing), capitalized(names.thing)],
    [capitalized(templateNames.things), capitalized(names.things)],
    [`"${templateNames.table}"`, sqlName(names.table)],
  ]);
  const longestFirst = [...spellings.keys()].toSorted((one, other) => other.length - one.length);
  return text.replace(new RegExp(longestFirst.join('|'), 'g'), (name) => spellings.get(name) as string);
}

function relativePath(folder: string, file: string): string {
  const path = posix.relative(folder, file);
  return path.startsWith('.') ? path : `./${path}`;
}

import { format, resolveConfig } from 'prettier';
import { className } from '../db/migration-file.js';
import type { Field } from './fields.js';
import type { Names } from './names.js';
import { answerDtoFile, createDtoFile, findDtoFile, updateDtoFile } from './templates/dtos.js';
import { e2eSpecFile } from './templates/tests.js';
import { entityFile } from './templates/entity.js';
import { controllerFile, moduleFile, serviceFile } from './templates/feature.js';
import { migrationFile, migrationName } from './templates/migration.js';
import { webFiles } from './templates/web.js';

export const features = 'apps/api/src';
export const migrations = `${features}/database/migrations`;
export const migrationIndex = `${migrations}/index.ts`;
export const appModule = `${features}/app.module.ts`;
export const webSections = 'apps/web/src/lib/sections.ts';

/** The files of a module, by their paths, as Prettier leaves them. */
export async function moduleFiles(names: Names, fields: Field[]): Promise<Map<string, string>> {
  const { singular, plural } = names;
  const folder = `${features}/${plural}`;
  return formatted([
    [`${folder}/dto/create-${singular}.dto.ts`, createDtoFile(names, fields)],
    [`${folder}/dto/find-${plural}.dto.ts`, findDtoFile(names, fields)],
    [`${folder}/dto/${singular}.dto.ts`, answerDtoFile(names, fields)],
    [`${folder}/dto/update-${singular}.dto.ts`, updateDtoFile(names)],
    [`${folder}/entities/${singular}.entity.ts`, entityFile(names, fields)],
    [`${folder}/${plural}.controller.ts`, controllerFile(names)],
    [`${folder}/${plural}.e2e-spec.ts`, e2eSpecFile(names, fields)],
    [`${folder}/${plural}.module.ts`, moduleFile(names)],
    [`${folder}/${plural}.service.ts`, serviceFile(names, fields)],
  ]);
}

/** The pages of a module in the web app. */
export async function pageFiles(names: Names, fields: Field[]): Promise<Map<string, string>> {
  return formatted(webFiles(names, fields));
}

/** The migration that makes its table. */
export async function migrationOf(
  names: Names,
  fields: Field[],
  timestamp: number,
): Promise<Map<string, string>> {
  const name = migrationName(names);
  return formatted([
    [`${migrations}/${timestamp}-${name}.ts`, migrationFile(names, fields, className(name, timestamp))],
  ]);
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

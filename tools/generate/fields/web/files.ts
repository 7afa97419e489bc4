import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../project.js';
import type { Names } from '../../names.js';
import type { Field } from '../fields.js';
import { referenceFile, referencePath } from './reference-file.js';
import { addToConflict, addToOptimisticRow, addToRow, addToSortNames } from './views.js';

type AddField = (text: string, names: Names, field: Field, fields: Field[]) => string;

/** Returns the files of the web app that know the fields of a module, if it has pages. Only the form is required. */
export function webFilesOf(
  { plural, singular }: Names,
  read: (path: string) => string | undefined,
  addField: Record<string, AddField>,
): [path: string, add: AddField][] {
  if (!hasPages(plural)) {
    return [];
  }
  const folder = folderOf(plural);
  const forms = ['', 'edit-'].map((prefix) => `${folder}/components/${prefix}${singular}-form.tsx`);
  const optional: [string, AddField][] = [
    [`${folder}/components/${plural}-screen.tsx`, addField['-screen.tsx']!],
    [`${folder}/components/${plural}-section.tsx`, addField['-section.tsx']!],
    [`${folder}/${singular}-list-options.ts`, addField['-list-options.ts']!],
    [`${folder}/components/${singular}-row.tsx`, addToRow],
    [`${folder}/components/${singular}-conflict.tsx`, addToConflict],
    [`${folder}/${singular}-view.ts`, addToSortNames],
    [`${folder}/api/create-${singular}.ts`, addToOptimisticRow],
  ];
  // The test of the example has no functions that enter values.
  const browserTest = `apps/web/test/${plural}.browser.ts`;
  return [
    [`${folder}/${singular}-form-schema.ts`, addField['-form-schema.ts']!],
    [forms.find((path) => read(path) !== undefined) ?? forms[0]!, addField['-form.tsx']!],
    ...optional.filter(([path]) => read(path) !== undefined),
    ...(read(browserTest)?.includes('enterValues')
      ? [[browserTest, addField['.browser.ts']!] as [string, AddField]]
      : []),
  ];
}

/** Returns the file with which the form finds the rows of a reference, if the module has pages and no such file. */
export function newReferenceFile(
  names: Names,
  field: Field,
  read: (path: string) => string | undefined,
): [path: string, source: string][] {
  if (!field.reference || !hasPages(names.plural)) {
    return [];
  }
  const path = referencePath(names, field);
  return read(path) === undefined ? [[path, referenceFile(names, field, [])]] : [];
}

function hasPages(plural: string): boolean {
  return existsSync(join(root, folderOf(plural)));
}

function folderOf(plural: string): string {
  return `apps/web/src/features/${plural}`;
}

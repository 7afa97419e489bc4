import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../project.js';
import type { Names } from '../../names.js';
import type { Field } from '../fields.js';
import { addToConflict, addToOptimisticRow, addToRow, addToSortNames } from './views.js';

type AddField = (text: string, names: Names, field: Field, fields: Field[]) => string;

/** Returns the files of the web app that know the fields of a module, if it has pages. Only the form is required. */
export function webFilesOf(
  { plural, singular }: Names,
  read: (path: string) => string | undefined,
  addField: Record<string, AddField>,
): [path: string, add: AddField][] {
  const folder = `apps/web/src/features/${plural}`;
  if (!existsSync(join(root, folder))) {
    return [];
  }
  const forms = ['', 'edit-'].map((prefix) => `${folder}/components/${prefix}${singular}-form.tsx`);
  const optional: [string, AddField][] = [
    [`${folder}/components/${plural}-screen.tsx`, addField['-screen.tsx']!],
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

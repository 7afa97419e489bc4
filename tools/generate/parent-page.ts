import ts from 'typescript';
import { root } from '../project.js';
import type { Field } from './fields/fields.js';
import { type Change, readIfExists } from './file-changes.js';
import { formatted } from './module-files.js';
import type { Names } from './names.js';
import { SourceEditor } from './source-editor.js';

/**
 * Plans the change of the page that shows the list of a nested module: the page or dialog of the row that it belongs to.
 *
 * @throws Error if the web app has no such page.
 */
export async function planParentPage(names: Names, parent: Field): Promise<Change> {
  const { plural, singular, thing, things } = parent.reference!.names;
  for (const path of [
    `apps/web/src/app/(signed-in)/${plural}/[id]/page.tsx`,
    `apps/web/src/features/${plural}/components/edit-${singular}-dialog.tsx`,
  ]) {
    const before = readIfExists(root, path);
    const source = before && addSection(before, names, parent);
    if (source) {
      return { path, before, after: (await formatted([[path, source]])).get(path) };
    }
  }
  throw new Error(
    `The web app has no page of one ${thing} that could show its ${names.things}. Generate ${things} with --web, or omit --web.`,
  );
}

/** @returns undefined if the file has no form of the row that the list belongs to. */
export function addSection(text: string, { plural, types }: Names, parent: Field): string | undefined {
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  const { type } = parent.reference!.names;
  const form = source.find(ts.isJsxSelfClosingElement, ({ tagName }) =>
    [`Edit${type}Screen`, `Edit${type}Form`].includes(tagName.getText()),
  );
  if (!form) {
    return undefined;
  }
  const id = form.attributes.properties
    .filter(ts.isJsxAttribute)
    .find(({ name }) => name.getText() === 'id')?.initializer;
  const section = `<${types}Section ${parent.name}=${id?.getText() ?? '{id}'} />`;
  if (ts.isJsxFragment(form.parent)) {
    source.insert(form.parent.closingFragment.getStart(), `${section}\n`);
  } else {
    source.replace(form.getStart(), form.end, `<>\n${form.getText()}\n${section}\n</>`);
  }
  source.addImport(`@/features/${plural}/components/${plural}-section`, `${types}Section`);
  return source.text;
}

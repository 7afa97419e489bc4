import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../../../project.js';
import { capitalized, type Names } from '../../names.js';
import { found, SourceEditor } from '../../source-editor.js';
import { type Field, isSent } from '../fields.js';
import { referenceSource } from './reference-file.js';

/** Has a control for each type of field. */
const controls = 'tools/generate/templates/web/controls.tsx';

/** Adds the control of a field to the object `controls` of a form, or above its buttons. */
export function addToForm(text: string, _names: Names, field: Field): string {
  if (!isSent(field)) {
    return text;
  }
  const source = new SourceEditor(text, ts.ScriptKind.TSX);
  const template = new SourceEditor(readFileSync(join(root, controls), 'utf8'), ts.ScriptKind.TSX);
  const control = template.find(
    (node): node is ts.JsxElement | ts.JsxSelfClosingElement =>
      ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node),
    (node) =>
      ts.isJsxFragment(node.parent) &&
      [`form.register('${controlOf(field)}')`, `name="${controlOf(field)}"`].some((name) =>
        node.getText().includes(name),
      ),
  );
  const form = source.find(ts.isJsxElement, (node) => node.openingElement.tagName.getText() === 'form');
  const buttons = form?.children.findLast((child) => ts.isJsxElement(child));
  const rendered = renderControl(
    found(control, `a control for ${field.type} in ${controls}`).getText(),
    field,
  );
  if (source.findIn('controls', ts.isObjectLiteralExpression)) {
    source.addProperty('controls', field.name, `(${rendered})`);
  } else {
    source.insert(found(buttons, 'a form with buttons').getStart(), `${rendered}\n`);
  }
  for (const [, names = '', module = ''] of template.text.matchAll(/^import \{ (.*) \} from '(.*)';$/gm)) {
    for (const name of names.split(', ')) {
      if (new RegExp(`\\b${name}\\b`).test(rendered)) {
        source.addImport(module, name);
      }
    }
  }
  if (field.reference) {
    const { singular, variable } = field.reference.names;
    source.addImport(`../api/${singular}-reference`, `${variable}Reference`);
  }
  return source.text;
}

/** `List`, for `list:ref(lists)`, which has the name `listId`; `Tags`, for `tags:refs(tags)`. */
export function labelOf({ name, reference }: Pick<Field, 'name' | 'reference'>): string {
  return label(reference?.relation ?? name);
}

/** `Due at`, for `dueAt`; `In progress`, for `in_progress`. */
export function label(name: string): string {
  return capitalized(
    name
      .replace(/([A-Z])/g, ' $1')
      .replaceAll(/[-_]/g, ' ')
      .toLowerCase(),
  );
}

/** The name of the control in the template. */
function controlOf({ type }: Field): string {
  return type === 'string[]' ? 'list' : type;
}

function renderControl(template: string, field: Field): string {
  const { name, nullable, values = [] } = field;
  const control = controlOf(field);
  const options = values.map((value) => `<option value="${value}">${label(value)}</option>`);
  return template
    .replace(/<option value="">.*<\/option>/, nullable ? '$&' : '')
    .replace(/<option value="value">.*<\/option>/, options.join(''))
    .replace(`'${control}'`, `'${name}'`)
    .replace(`name="${control}"`, `name="${name}"`)
    .replace(`errors.${control}?`, `errors.${name}?`)
    .replace('Label', labelOf(field))
    .replace(/canClear\n/, nullable ? '$&' : '')
    .replace('sampleParentReference', field.reference ? referenceSource(field) : '');
}

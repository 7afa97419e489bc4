import ts from 'typescript';
import { className } from '../db/migration-file.js';
import { capitalized, type Names } from './names.js';
import { found, SourceEditor } from './source-editor.js';

/**
 * Adds a module to app.module.ts, in alphabetical order.
 *
 * @throws Error if there is no list of modules.
 */
export function addModule(text: string, { plural, types }: Names): string {
  const source = new SourceEditor(text);
  const name = `${types}Module`;
  const modules = source.find(ts.isArrayLiteralExpression, ({ elements }) => elements.some(isModule));
  if (!modules) {
    throw new Error('apps/api/src/app.module.ts has no list of modules. Add "imports" to it.');
  }
  source.addElement(modules, name, (element) => isModule(element) && element.getText() > name);
  source.addImport(modulePath(plural), name);
  return source.text;
}

export function removeModule(text: string, { plural, types }: Names): string {
  const source = new SourceEditor(text);
  source.removeElement((element) => element.getText() === `${types}Module`);
  source.removeImport(modulePath(plural));
  return source.text;
}

/** Adds a module to the menu of the web app. */
export function addNavItem(text: string, { plural, things }: Names): string {
  const source = new SourceEditor(text);
  const items = source.findIn('navItems', ts.isArrayLiteralExpression);
  if (!items) {
    throw new Error('The web app has no array "navItems". Omit --web.');
  }
  source.addElement(items, `{ href: '/${plural}', label: '${capitalized(things)}' }`);
  return source.text;
}

export function removeNavItem(text: string, { plural }: Names): string {
  const source = new SourceEditor(text);
  source.removeElement((element) => element.getText().includes(`'/${plural}'`));
  return source.text;
}

/** Removes a migration from the list of migrations. */
export function removeMigration(text: string, name: string, timestamp: number): string {
  const source = new SourceEditor(text);
  source.removeElement((element) => element.getText() === className(name, timestamp));
  source.removeImport(`./${timestamp}-${name}.js`);
  return source.text;
}

/** Registers an entity in the module of a feature, unless it is registered. */
export function registerEntity(
  source: SourceEditor,
  { plural, singular, type }: Names,
  folder = `../${plural}/`,
): void {
  const isForFeature = ({ expression }: ts.CallExpression) => expression.getText().endsWith('.forFeature');
  const call = found(source.find(ts.isCallExpression, isForFeature), 'a call of "forFeature"');
  if (!call.arguments.some((argument) => argument.getText() === type)) {
    source.insert(call.end - 1, `, ${type}`);
    source.addImport(`${folder}${singular}.entity.js`, type);
  }
}

/** Injects the repository of another module below that of the own one, unless it is injected. */
export function injectRepository(
  source: SourceEditor,
  own: Names,
  { plural, singular, type, variables }: Names,
): void {
  const parameter = found(
    source.find(ts.isParameter, ({ name }) => name.getText() === own.variables),
    `a parameter "${own.variables}" of the constructor`,
  );
  if (!parameter.parent.parameters.some(({ name }) => name.getText() === variables)) {
    source.insert(
      parameter.end,
      `,\n@InjectOwnedRepository(${type}) private readonly ${variables}: OwnedRepository<${type}>`,
    );
    source.addImport(`../${plural}/${singular}.entity.js`, type);
  }
}

function modulePath(plural: string): string {
  return `./${plural}/${plural}.module.js`;
}

function isModule(element: ts.Node): boolean {
  return ts.isIdentifier(element) && element.text.endsWith('Module');
}

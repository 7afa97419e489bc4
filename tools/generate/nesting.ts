import { type Field, isSent, nestedPath } from './fields/fields.js';
import type { Names } from './names.js';
import { SourceEditor } from './source-editor.js';

type Edit = [pattern: RegExp, replacement: string];

/**
 * Puts the list of a module, and the creation of a row, under the row of another module that they belong to:
 * `/api/tasks/{taskId}/comments`. One row keeps its address: `/api/comments/{id}`.
 *
 * @param text a file of the templates, with the names of the module.
 */
export function nest(path: string, text: string, names: Names, parent: Field): string {
  const { variable, plural } = names;
  const { name, reference } = parent;
  const other = reference!.names;
  const list = `'${other.plural}/:${name}/${plural}'`;
  const source = new SourceEditor(text);
  const importEntity = () => source.addImport(`../${other.plural}/${other.singular}.entity.js`, other.type);
  if (path.endsWith('.controller.ts')) {
    source.addImport(`./${plural}.schemas.js`, `${variable}IdSchema`);
    return edited(source.text, [
      [/@Controller\('.*'\)/, '@Controller()'],
      [/@(Post|Get)\(\)/g, `@$1(${list})`],
      [/@(\w+)\(':id'\)/g, `@$1('${plural}/:id')`],
      [/@Param\('id', \{ schema: idSchema \}\)/g, `@Param('id', { schema: ${variable}IdSchema })`],
      [
        /((?:create|findAll)\(\s*@Owner\(\) ownerId: string,)/g,
        `$1\n@Param('${name}', { schema: idSchema }) ${name}: string,`,
      ],
      [/\.(create|findAll)\(ownerId,/g, `.$1(ownerId, ${name},`],
    ]);
  }
  if (path.endsWith('.schemas.ts')) {
    source.addImport('../http/field.schemas.js', 'reference');
    const id = `export const ${variable}IdSchema = reference('${nestedPath(names, parent)}');`;
    return edited(source.text, [[/^(const \w+Fields = )/m, `${id}\n\n$1`]]);
  }
  if (path.endsWith('.module.ts')) {
    importEntity();
    return edited(source.text, [[/forFeature\((\w+)\)/, `forFeature($1, ${other.type})`]]);
  }
  if (path.endsWith('.service.ts')) {
    importEntity();
    const missing = `@throws NotFoundException if the owner has no ${other.thing} with this id.`;
    return edited(source.text, [
      [
        /(@InjectOwnedRepository.*,\n)/,
        `$1@InjectOwnedRepository(${other.type}) private readonly ${other.variables}: OwnedRepository<${other.type}>,\n`,
      ],
      [/(create\(\s*ownerId: string,)/, `$1 ${name}: string,`],
      [/\bvalues\]/, `{ ...values, ${name} }]`],
      [/insert\(ownerId, values\)/, `insert(ownerId, { ...values, ${name} })`],
      [
        /findAll\(ownerId: string, (.*\n)/,
        `/** ${missing} */\nasync findAll(ownerId: string, ${name}: string, $1` +
          `if (!(await this.${other.variables}.findOne(ownerId, ${name}))) {\n` +
          `throw new NotFoundException('${other.type} not found.');\n}\n`,
      ],
    ]);
  }
  return text;
}

/** @throws Error if a pattern isn't found, so that a change of the templates can't be missed. */
function edited(text: string, edits: Edit[]): string {
  return edits.reduce((result, [pattern, replacement]) => {
    const next = result.replace(pattern, replacement);
    if (next === result) {
      throw new Error(`The templates of the generator have no ${pattern}.`);
    }
    return next;
  }, text);
}

const block = (name: string) => new RegExp(`^ *// ${name}:start\\n[^]*?// ${name}:end\\n`, 'gm');
const marker = /^ *\/\/ (?:bodies|nested|references):(?:start|end)\n/gm;

/** Keeps the parts of a test file that fit the module. */
export function selectTests(text: string, names: Names, fields: Field[]): string {
  const parent = fields.find(({ reference }) => reference?.isParent);
  let selected = text;
  if (!parent) {
    selected = selected
      .replace(block('nested'), '')
      .replace(/^ *const list = await newList\(\w+\);\n/gm, '')
      .replace(/, (?:await newList\(\w+\)|list)(?=[,)])/g, '')
      .replace(/\(user: Client, list: string,/g, '(user: Client,')
      .replace(/\blist\b(?=[)}?])/g, 'route');
  } else {
    const other = parent.reference!.names;
    selected = selected
      .replace(/describe\('(POST|GET) .*?'/g, `describe('$1 ${nestedPath(names, parent)}'`)
      .replaceAll("'/api/sample-parents'", `'${parent.reference!.collection}'`)
      .replaceAll('sample-parents', other.plural)
      .replaceAll('sampleParentId', parent.name)
      .replaceAll('sample parent', other.thing);
  }
  if (!fields.some(({ reference }) => reference)) {
    selected = selected.replace(block('references'), '');
  }
  if (!fields.some((field) => field.reference && isSent(field))) {
    selected = selected
      .replace(block('bodies'), '')
      .replace(/^ *const values = await newBody\(\w+\);\n/gm, '')
      .replace(
        /(?<=\.\.\.)\(await newBody\(\w+\)\)|await newBody\(\w+\)|\bvalues\b(?=\)\.expect|,\n)/g,
        'example',
      )
      .replace(
        '/** A request body with every field that refers to no other row. */',
        '/** A request body with every field. */',
      );
  }
  return selected.replace(marker, '');
}

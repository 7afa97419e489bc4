import { type Field, isSent, nestedPath } from './fields/fields.js';
import type { Names } from './names.js';
import { injectRepository, registerEntity } from './registration.js';
import { SourceEditor } from './source-editor.js';

export type Edit = [pattern: RegExp | string, replacement: string];

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
  // The address of a row in a nested module doesn't say where it is created.
  const otherId = reference!.collection.includes('{') ? `${other.variable}IdSchema` : 'idSchema';
  const source = new SourceEditor(text);
  if (path.endsWith('.controller.ts')) {
    for (const schema of [`${variable}IdSchema`, ...(otherId === 'idSchema' ? [] : [otherId])]) {
      source.addImport(`./${plural}.schemas.js`, schema);
    }
    const controller = edited(source.text, [
      [/@Controller\('.*'\)/, '@Controller()'],
      [/@(Post|Get)\(\)/g, `@$1(${list})`],
      [/@(\w+)\('(:id\b[^']*)'\)/g, `@$1('${plural}/$2')`],
      [/@Param\('id', \{ schema: idSchema \}\)/g, `@Param('id', { schema: ${variable}IdSchema })`],
      [
        /((?:create|findAll)\(\s*@Owner\(\) ownerId: string,)/g,
        `$1\n@Param('${name}', { schema: ${otherId} }) ${name}: string,`,
      ],
      [/\.(create|findAll)\(ownerId,/g, `.$1(ownerId, ${name},`],
    ]);
    return controller.includes('schema: idSchema')
      ? controller
      : controller.replace(/^import \{ idSchema \}.*\n/m, '');
  }
  if (path.endsWith('.schemas.ts')) {
    source.addImport('../http/field.schemas.js', 'reference');
    const ids = [
      `export const ${variable}IdSchema = reference('${nestedPath(names, parent)}');`,
      ...(otherId === 'idSchema' ? [] : [`export const ${otherId} = reference('${reference!.collection}');`]),
    ];
    return edited(source.text, [[/^(const \w+Fields = )/m, `${ids.join('\n\n')}\n\n$1`]]);
  }
  if (path.endsWith('.module.ts')) {
    registerEntity(source, other);
    return source.text;
  }
  if (path.endsWith('.service.ts')) {
    injectRepository(source, names, other);
    const missing = `@throws NotFoundException if the owner has no ${other.thing} with this id.`;
    return edited(source.text, [
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
export function edited(text: string, edits: Edit[]): string {
  return edits.reduce((result, [pattern, replacement]) => {
    const next = result.replace(pattern, replacement);
    if (next === result) {
      throw new Error(`The templates of the generator have no ${pattern}.`);
    }
    return next;
  }, text);
}

export const block = (name: string) => new RegExp(`^ *// ${name}:start\\n[^]*?// ${name}:end\\n`, 'gm');
export const marker = /^ *\/\/ (?:bodies|nested|ref|references|refs):(?:start|end)\n/gm;

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
  const sent = fields.filter((field) => field.reference && isSent(field));
  const unused = [
    ...(fields.some(({ reference }) => reference) ? [] : ['references']),
    ...(sent.length > 0 ? [] : ['bodies']),
    ...(['ref', 'refs'] as const).filter((type) => !sent.some((field) => field.type === type)),
  ];
  selected = unused.reduce((rest, name) => rest.replace(block(name), ''), selected);
  if (sent.length === 0) {
    selected = selected
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

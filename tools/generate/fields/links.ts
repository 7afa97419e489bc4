import ts from 'typescript';
import { capitalized, type Names } from '../names.js';
import { injectRepository, registerEntity } from '../registration.js';
import { found, SourceEditor } from '../source-editor.js';
import { linkLimitName } from './columns.js';
import { type Field, filterParameter } from './fields.js';
import { joinTableOf } from './join-table.js';

/** Adds the methods of a service that add and remove one id of a many-to-many reference. */
export function addLinkMethods(text: string, names: Names, field: Field): string {
  const { name, reference } = field;
  const { relation, names: other } = reference!;
  const { id, add, remove } = linkNames(field);
  const change = `change${capitalized(relation)}`;
  const limit = linkLimitName(names, field);
  const source = new SourceEditor(text);
  injectRepository(source, names, other);
  source.addImport('@nestjs/common', 'ConflictException');
  source.addImport(`./${names.singular}.entity.js`, limit);
  const service = found(source.find(ts.isClassDeclaration), 'the class of the service');
  const isPrivate = (member: ts.Node) => ts.canHaveModifiers(member) && /^private\b/.test(member.getText());
  const next = service.members.find((member) => ts.isMethodDeclaration(member) && isPrivate(member));
  const missing = `@throws NotFoundException if the owner has no ${names.thing} or no ${other.thing} with this id.`;
  source.insert(
    next?.getStart() ?? service.end - 1,
    `
  /**
   * ${missing}
   * @throws ConflictException if the ${names.thing} has the maximum number of ${relation}.
   */
  async ${add}(ownerId: string, id: string, ${id}: string): Promise<void> {
    await this.${change}(ownerId, id, ${id}, (others, added) => [...others, added]);
  }

  /** ${missing} */
  async ${remove}(ownerId: string, id: string, ${id}: string): Promise<void> {
    await this.${change}(ownerId, id, ${id}, (others) => others);
  }

  private async ${change}(
    ownerId: string,
    id: string,
    ${id}: string,
    change: (others: string[], ${id}: string) => string[],
  ): Promise<void> {
    const other = await this.${other.variables}.findOne(ownerId, ${id});
    if (!other) {
      throw new NotFoundException('${capitalized(other.thing)} not found.');
    }
    const changed = await this.${names.variables}.update(ownerId, id, ({ ${name} }) => {
      const ids = change(${name}.filter((known) => known !== other.row.id), other.row.id);
      if (ids.length > ${limit}) {
        throw new ConflictException(\`The ${names.thing} can have at most \${${limit}} ${relation}.\`);
      }
      return ids.length === ${name}.length ? {} : { ${name}: ids };
    });
    if (!changed) {
      throw new NotFoundException('${capitalized(names.thing)} not found.');
    }
  }

`,
  );
  return source.text;
}

/** Adds the routes that add and remove one id of a many-to-many reference: `PUT /api/notes/{id}/tags/{tagId}`. */
export function addToController(text: string, names: Names, field: Field): string {
  if (field.type !== 'refs') {
    return text;
  }
  const { relation, collection } = field.reference!;
  const { id, add, remove } = linkNames(field);
  const source = new SourceEditor(text);
  const isRemove = (node: ts.MethodDeclaration) => node.name.getText() === 'remove';
  const method = found(source.find(ts.isMethodDeclaration, isRemove), 'a method "remove"');
  const [, path] = /@Delete\('(.*?)'\)/.exec(method.getText()) ?? [];
  const [, schema] = /@Param\('id', (.*?)\) id\b/s.exec(method.getText()) ?? [];
  found(path && schema, 'the path of "remove"');
  const route = (verb: string, name: string) => `
  @${verb}('${path}/${relation}/:${id}')
  @Scopes('${names.plural}:write')
  @HttpCode(204)
  ${name}(
    @Owner() ownerId: string,
    @Param('id', ${schema}) id: string,
    @Param('${id}', { schema: reference('${collection}') }) ${id}: string,
  ): Promise<void> {
    return this.${names.variables}.${name}(ownerId, id, ${id});
  }
`;
  source.insert(method.parent.end - 1, `${route('Put', add)}${route('Delete', remove)}`);
  source.addImport('@app/auth', 'Scopes');
  source.addImport('@nestjs/common', 'Put');
  source.addImport('../http/field.schemas.js', 'reference');
  return source.text;
}

/** Registers the entities of a many-to-many reference. */
export function addToModule(text: string, names: Names, field: Field): string {
  if (field.type !== 'refs') {
    return text;
  }
  const { names: join } = joinTableOf(names, field);
  const { names: other } = field.reference!;
  const source = new SourceEditor(text);
  registerEntity(source, join, './');
  registerEntity(source, other);
  return source.text;
}

/** `tagId`, `addTag` and `removeTag`, for the field `tagIds`. */
function linkNames(field: Field): { id: string; add: string; remove: string } {
  const id = filterParameter(field);
  const item = capitalized(id.replace(/Id$/, ''));
  return { id, add: `add${item}`, remove: `remove${item}` };
}

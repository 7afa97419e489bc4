import { capitalized, type Names, parseName, printable } from '../names.js';
import { isReservedInTypeScript } from '../reserved-words.js';

export type FieldType = 'string' | 'text' | 'boolean' | 'integer' | 'timestamp' | 'enum' | 'ref';

/** What a field refers to. */
export interface Reference {
  /** `task`: the property of the entity that reads the other row. */
  relation: string;
  /** The other module. */
  names: Names;
  /** `/api/tasks`: where its rows are created. */
  collection: string;
  /** What a deletion of the other row does. */
  onDelete: 'CASCADE' | 'RESTRICT' | 'SET NULL';
  /** Whether the list of the module belongs to the other row: `/api/tasks/{taskId}/comments`. */
  isParent?: boolean;
}

export interface Field {
  /** `dueAt`, or `taskId` for `task:ref(tasks)`. */
  name: string;
  /** `due_at` */
  column: string;
  type: FieldType;
  nullable: boolean;
  /** The length of a string or text in characters, or the values of an integer, both inclusive. */
  range?: { min: number; max: number };
  /** The values of an enum. */
  values?: string[];
  reference?: Reference;
}

export const defaultFields = 'title:string';

const example =
  'title:string body:text? dueAt:timestamp? pinned:boolean priority:integer(1..5) status:enum(open|done)';

interface TypeRule {
  /** The default range, and the limits of a range in parentheses. */
  range?: { min: number; max: number; lowest: number; highest: number };
}

const int4 = { lowest: -2_147_483_648, highest: 2_147_483_647 };

const types: Record<FieldType, TypeRule> = {
  // Together with the owner's id, a longer value exceeds the maximum size of a row in a B-tree index.
  string: { range: { min: 1, max: 200, lowest: 0, highest: 400 } },
  text: { range: { min: 0, max: 10_000, lowest: 0, highest: 100_000 } },
  boolean: {},
  integer: {},
  timestamp: {},
  enum: {},
  ref: {},
};

/** Columns of every row, members of every JavaScript object, and system columns of PostgreSQL. */
const reservedNames = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...'ownerId id version createdAt updatedAt then ctid cmax cmin tableoid xmax xmin'.split(' '),
]);

/** Query parameters and variables of every list. A filter can't have these names. */
const listParameters = new Set(['limit', 'cursor', 'search', 'sort', 'query', 'where']);

/**
 * Parses `title:string body:text?`: names with their types, separated by white space. `?` makes a field nullable.
 *
 * @throws Error that names the invalid field.
 */
export function parseFields(text: string): Field[] {
  const tokens = text.match(/\((?:[^()]*)\)|[^\s()]+|\s+|[()]/g) ?? [];
  const words = tokens
    .map((token) => (/^\s/.test(token) ? ' ' : token.replace(/\s/g, '')))
    .join('')
    .trim();
  if (!words) {
    throw new Error(`Specify at least one field: --fields "${defaultFields}"`);
  }
  const fields = words.split(' ').map(parseField);
  const names = fields.flatMap((field) => [
    field.name,
    ...(field.reference ? [field.reference.relation] : []),
  ]);
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  if (duplicate) {
    throw new Error(`The field "${duplicate}" is specified twice. Remove one.`);
  }
  return fields;
}

/** Whether lists can be filtered by the field. */
export function isFilter({ type }: Field): boolean {
  return ['boolean', 'enum', 'ref'].includes(type);
}

/** Whether a client sends the field in a body or a query, and not in the path. */
export function isSent({ reference }: Field): boolean {
  return !reference?.isParent;
}

/** `/api/tasks/{taskId}/comments` */
export function nestedPath({ plural }: Names, { name, reference }: Field): string {
  return `/api/${reference!.names.plural}/{${name}}/${plural}`;
}

/** Whether lists can be sorted by the field. Each sort order needs an index. */
export function isSort({ type }: Field): boolean {
  return type === 'string' || type === 'integer' || type === 'timestamp';
}

/** Whether the column has an index: of a sort order, or of a reference, for the filter and for deletions of the other row. */
export function isIndexed(field: Field): boolean {
  return isSort(field) || field.type === 'ref';
}

/** Whether `?search=` finds text in the field. */
export function isSearched({ type }: Field): boolean {
  return type === 'string' || type === 'text';
}

function parseField(word: string): Field {
  const [, name, type, argument, optional] = /^([^:()?]+):([a-z]+)(?:\(([^()]*)\))?(\?)?$/.exec(word) ?? [];
  if (!name || !type) {
    throw new Error(
      `"${printable(word)}" is not a valid field. Write fields like this: --fields "${example}"`,
    );
  }
  if (!Object.hasOwn(types, type)) {
    throw new Error(
      `"${printable(word)}" has an unknown type. Use one of: ${Object.keys(types).join(', ')}.`,
    );
  }
  const relation = checkName(name);
  const property = type === 'ref' ? `${relation}Id` : relation;
  const field: Field = {
    name: checkName(property),
    column: property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type: type as FieldType,
    nullable: optional === '?',
  };
  if (type === 'ref') {
    return { ...field, reference: readReference(field, relation, argument) };
  }
  if (isFilter(field) && (listParameters.has(name) || isReservedInTypeScript(name))) {
    throw new Error(
      `"${name}" cannot be the name of a filter. Choose another name, such as is${capitalized(name)}.`,
    );
  }
  return { ...field, ...readArgument(field, argument) };
}

function checkName(name: string): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    throw new Error(
      `"${printable(name)}" is not a valid field name. Use letters and digits in camel case, such as dueAt.`,
    );
  }
  if (reservedNames.has(name)) {
    throw new Error(`The field name "${name}" is reserved. Choose another name.`);
  }
  return name;
}

const deletionRules = new Map([
  ['cascade', 'CASCADE'],
  ['restrict', 'RESTRICT'],
  ['set-null', 'SET NULL'],
] as const);

/** Parses `(lists)` or `(lists,restrict)`. */
function readReference({ nullable }: Field, relation: string, argument = ''): Reference {
  const [module, rule, ...rest] = argument.split(',');
  const onDelete =
    rule === undefined
      ? nullable
        ? 'SET NULL'
        : 'CASCADE'
      : deletionRules.get(rule as 'cascade' | 'restrict' | 'set-null');
  if (!module || !onDelete || rest.length > 0) {
    throw new Error(
      `"${relation}" must name a module: ref(tasks), or ref(tasks,RULE) with one of ${[...deletionRules.keys()].join(', ')}.`,
    );
  }
  if (onDelete === 'SET NULL' && !nullable) {
    throw new Error(`"${relation}" can't be set to null. Write ref(${module},set-null)? or another rule.`);
  }
  const names = parseName(module);
  return { relation, names, collection: `/api/${names.plural}`, onDelete };
}

function readArgument({ name, type }: Field, argument: string | undefined): Partial<Field> {
  if (type === 'enum') {
    return { values: readValues(name, argument) };
  }
  if (type === 'integer') {
    return argument === undefined ? {} : { range: readRange(name, argument, int4) };
  }
  const limits = types[type].range;
  if (limits) {
    const { min, max } = limits;
    return { range: argument === undefined ? { min, max } : readRange(name, argument, limits, min) };
  }
  if (argument !== undefined) {
    throw new Error(`"${name}" has the type ${type}, which has no options. Remove the parentheses.`);
  }
  return {};
}

/** Parses `(1..80)`, or `(80)` if there is a default minimum. */
function readRange(
  name: string,
  argument: string,
  { lowest, highest }: { lowest: number; highest: number },
  defaultMin?: number,
): { min: number; max: number } {
  const [, from, to] = /^(?:(-?\d{1,10})\.\.)?(-?\d{1,10})$/.exec(argument) ?? [];
  const min = from === undefined ? defaultMin : Number(from);
  const max = Number(to);
  if (
    min === undefined ||
    to === undefined ||
    !(lowest <= min && min <= max && lowest < max && max <= highest)
  ) {
    throw new Error(`"${name}" has an invalid range. Write (1..5), within ${lowest}..${highest}.`);
  }
  return { min, max };
}

function readValues(name: string, argument = ''): string[] {
  const values = argument.split('|');
  if (
    !values.every((value) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(value)) ||
    new Set(values).size < values.length
  ) {
    throw new Error(
      `"${name}" has invalid values. List each one once, in letters, digits, _ and -: enum(open|done).`,
    );
  }
  return values;
}

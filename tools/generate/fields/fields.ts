import pluralize from 'pluralize';
import { capitalized, type Names, parseName, printable } from '../names.js';
import { isReservedInTypeScript } from '../reserved-words.js';

/** What a field refers to. */
export interface Reference {
  /** `task`: the property of the entity that reads the other row. `tags` for many of them. */
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
  /** `dueAt`, `taskId` for `task:ref(tasks)`, or `tagIds` for `tags:refs(tags)`. */
  name: string;
  /** `due_at`. No column of the table for `refs`, which has a join table. */
  column: string;
  type: FieldType;
  nullable: boolean;
  /**
   * The length of a string, an item, a text or a URL in characters, the size of JSON in bytes, or the values of an
   * integer, all inclusive.
   */
  range?: { min: number; max: number };
  /** The digits of a decimal number, in total and after the point. */
  digits?: { precision: number; scale: number };
  /** The maximum number of items in a list. */
  maxItems?: number;
  /** The values of an enum. */
  values?: string[];
  /** The default value as a literal of both TypeScript and SQL: `3`, `'open'`. */
  default?: string;
  /** Whether the table exists already. */
  isAdded?: boolean;
  reference?: Reference;
  /** In a join table: the column that follows in the index. One of the two indexes is unique. */
  pair?: { name: string; column: string; isUnique: boolean };
}

export const defaultFields = 'title:string';

const example =
  'title:string body:text? dueAt:timestamp? pinned:boolean priority:integer(1..5) status:enum(open|done)';

interface TypeRule {
  /** The default range, and the limits of a range in parentheses. */
  range?: { min: number; max: number; lowest: number; highest: number };
  /** What lists of rows can do with the field. */
  lists?: ('filter' | 'sort' | 'search')[];
  /** What may follow `=`. A type without it has no defaults. */
  default?: RegExp;
}

const oneWord = /^[\p{L}\p{N}_.,:;!+-]+$/u;
const int4 = { lowest: -2_147_483_648, highest: 2_147_483_647 };
const int4Range = { min: int4.lowest, max: int4.highest };

const rules = {
  // Together with the owner's id, a longer value exceeds the maximum size of a row in a B-tree index.
  string: {
    range: { min: 1, max: 200, lowest: 0, highest: 400 },
    default: oneWord,
    lists: ['sort', 'search'],
  },
  text: { range: { min: 0, max: 10_000, lowest: 0, highest: 100_000 }, default: oneWord, lists: ['search'] },
  boolean: { default: /^(true|false)$/, lists: ['filter'] },
  integer: { default: /^(0|-?[1-9]\d{0,9})$/, lists: ['sort'] },
  decimal: { lists: ['sort'] },
  date: { lists: ['sort'] },
  timestamp: { lists: ['sort'] },
  enum: { default: oneWord, lists: ['filter'] },
  url: { range: { min: 1, max: 2_000, lowest: 1, highest: 2_000 }, lists: ['search'] },
  email: { lists: ['sort', 'search'] },
  ref: { lists: ['filter'] },
  refs: { lists: ['filter'] },
  'string[]': { range: { min: 1, max: 50, lowest: 1, highest: 400 }, lists: ['filter'] },
  json: { range: { min: 1, max: 10_000, lowest: 1, highest: 50_000 } },
} satisfies Record<string, TypeRule>;

export type FieldType = keyof typeof rules;

const types: Record<FieldType, TypeRule> = rules;

const maxPrecision = 38;
const defaultMaxItems = 20;
const highestMaxItems = 100;

/** Columns of every row, members of every JavaScript object, and system columns of PostgreSQL. */
const reservedNames = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...'ownerId id version createdAt updatedAt then ctid cmax cmin tableoid xmax xmin'.split(' '),
]);

/** Query parameters and variables of every list. A filter can't have these names. */
const listParameters = new Set(['limit', 'cursor', 'search', 'sort', 'query', 'where']);

/**
 * Parses `title:string body:text? size:integer=3`: names with their types, separated by white space. `?` makes a field
 * nullable, and `=` sets a default.
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
  const parameters = fields.flatMap((field) =>
    isFilter(field) ? [filterParameter(field)] : Object.values(rangeParameters(field) ?? {}),
  );
  const twice = parameters.find((parameter, index) => parameters.indexOf(parameter) < index);
  if (twice) {
    throw new Error(`Two fields need the query parameter "${twice}". Rename one of them.`);
  }
  return fields;
}

/** Whether a field of this type can have a default. */
export function canHaveDefault({ type }: Field): boolean {
  return types[type].default !== undefined;
}

/** Whether lists can be filtered by the field. */
export function isFilter({ type }: Field): boolean {
  return Boolean(types[type].lists?.includes('filter'));
}

/** The query parameter that filters a list: `pinned`, or `tagId` for the field `tagIds`. */
export function filterParameter({ name, type }: Field): string {
  return type === 'refs' ? name.slice(0, -1) : name;
}

/** The query parameters that limit a list to a range of times: `dueAfter` and `dueBefore` of the field `dueAt`. */
export function rangeParameters({ name, type }: Field): { after: string; before: string } | undefined {
  const stem = name.replace(/At$/, '');
  return type === 'timestamp' ? { after: `${stem}After`, before: `${stem}Before` } : undefined;
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
  return Boolean(types[type].lists?.includes('sort'));
}

/** Whether `?search=` finds text in the field. */
export function isSearched({ type }: Field): boolean {
  return Boolean(types[type].lists?.includes('search'));
}

function parseField(word: string): Field {
  const [, name, base, argument, brackets, optional, defaultValue] =
    /^([^:()?]+):([a-z]+)(?:\(([^()]*)\))?(\[\d*\])?(?:(\?)|=(.+))?$/.exec(word) ?? [];
  const type = brackets ? `${base}[]` : base;
  if (!name || !type) {
    throw new Error(`"${printable(word)}" is not a valid field. Write fields like this: "${example}"`);
  }
  if (!Object.hasOwn(types, type)) {
    throw new Error(
      `"${printable(word)}" has an unknown type. Use one of: ${Object.keys(types).join(', ')}.`,
    );
  }
  const relation = checkName(name);
  const property =
    type === 'ref' ? `${relation}Id` : type === 'refs' ? `${pluralize.singular(relation)}Ids` : relation;
  const field: Field = {
    name: checkName(property),
    column: property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type: type as FieldType,
    nullable: optional === '?',
  };
  if (type === 'ref' || type === 'refs') {
    return { ...field, reference: readReference(field, relation, argument) };
  }
  if (isFilter(field) && (listParameters.has(name) || isReservedInTypeScript(name))) {
    throw new Error(
      `"${name}" cannot be the name of a filter. Choose another name, such as is${capitalized(name)}.`,
    );
  }
  const complete = {
    ...field,
    ...readArgument(field, argument),
    ...(brackets && { maxItems: readMaxItems(name, brackets) }),
  };
  return defaultValue === undefined
    ? complete
    : { ...complete, default: readDefault(complete, defaultValue) };
}

function readDefault({ name, type, range, values }: Field, text: string): string {
  const { default: pattern } = types[type];
  if (!pattern) {
    throw new Error(
      `"${name}" has the type ${type}, which has no defaults. Make it nullable: ${name}:${type}?`,
    );
  }
  const { min, max } = range ?? int4Range;
  const size = type === 'integer' ? Number(text) : type === 'boolean' || values ? min : [...text].length;
  if (!pattern.test(text) || !(min <= size && size <= max) || values?.includes(text) === false) {
    throw new Error(
      `"${name}" cannot have the default "${printable(text)}". Choose a value that a row can have.`,
    );
  }
  return type === 'integer' || type === 'boolean' ? text : `'${text}'`;
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
function readReference({ nullable, type }: Field, relation: string, argument = ''): Reference {
  const [module, rule, ...rest] = argument.split(',');
  if (type === 'refs' && (!module || rule !== undefined || nullable)) {
    throw new Error(
      `"${relation}" must name a module and nothing else: ${relation}:refs(tags). It is empty by default.`,
    );
  }
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
  if (type === 'decimal') {
    return { digits: readDigits(name, argument) };
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

function readDigits(name: string, argument = '10,2'): Field['digits'] {
  const [, precision = 0, scale = 0] = (/^(\d{1,2}),(\d{1,2})$/.exec(argument) ?? []).map(Number);
  if (precision < 1 || precision > maxPrecision || scale > precision) {
    throw new Error(
      `"${name}" has invalid digits. Write (10,2): at most ${maxPrecision} digits in total, 2 of them after the point.`,
    );
  }
  return { precision, scale };
}

function readMaxItems(name: string, brackets: string): number {
  const digits = brackets.slice(1, -1);
  const maxItems = digits ? Number(digits) : defaultMaxItems;
  if (maxItems < 1 || maxItems > highestMaxItems) {
    throw new Error(
      `"${name}" has an invalid number of items. Write string[5], within 1..${highestMaxItems}.`,
    );
  }
  return maxItems;
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

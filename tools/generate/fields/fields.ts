import { printable } from './names.js';
import { breaksTypeScript } from './reserved-words.js';

export type FieldType = 'string' | 'text' | 'boolean' | 'integer' | 'timestamp' | 'enum';

/** One column that a module declares itself. */
export interface Field {
  /** `dueAt` */
  name: string;
  /** `due_at` */
  column: string;
  type: FieldType;
  nullable: boolean;
  /** Characters of a text, values of an integer; both ends are in it. */
  range?: { min: number; max: number };
  /** Of an enum. */
  values?: string[];
}

export const defaultFields = 'title:string';

const example =
  'title:string body:text? dueAt:timestamp? pinned:boolean priority:integer(1..5) status:enum(open|done)';

interface TypeRule {
  /** The range where none is given, and what a given one lies in. */
  range?: { min: number; max: number; lowest: number; highest: number };
}

const int4 = { lowest: -2_147_483_648, highest: 2_147_483_647 };

const types: Record<FieldType, TypeRule> = {
  // More would not fit into a row of its index beside the owner: a third of a page.
  string: { range: { min: 1, max: 200, lowest: 0, highest: 400 } },
  text: { range: { min: 0, max: 10_000, lowest: 0, highest: 100_000 } },
  boolean: {},
  integer: {},
  timestamp: {},
  enum: {},
};

/** What every row has, and what Postgres or JavaScript takes for something else. */
const taken = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...'ownerId id version createdAt updatedAt then ctid cmax cmin tableoid xmax xmin'.split(' '),
]);

/** What a list takes already: no field can be a filter of that name. */
const parameters = new Set(['limit', 'cursor', 'search', 'sort', 'query', 'where']);

/**
 * Reads `title:string body:text?`: names with their types, `?` for what may be null, separated by white space.
 *
 * @throws Error with a sentence for people, naming the field.
 */
export function parseFields(text: string): Field[] {
  const tokens = text.match(/\((?:[^()]*)\)|[^\s()]+|\s+|[()]/g) ?? [];
  const words = tokens
    .map((token) => (/^\s/.test(token) ? ' ' : token.replace(/\s/g, '')))
    .join('')
    .trim();
  if (!words) throw new Error(`Name at least one field, as in: --fields "${defaultFields}"`);
  const fields = words.split(' ').map(parseField);
  for (const [index, { name }] of fields.entries()) {
    if (fields.findIndex((field) => field.name === name) < index)
      throw new Error(`"${name}" is there twice.`);
  }
  return fields;
}

/** Whether a list can be narrowed to one of its values. */
export function isFilter({ type }: Field): boolean {
  return type === 'boolean' || type === 'enum';
}

/** Whether a list can be sorted by it: that takes an index. */
export function isSort({ type }: Field): boolean {
  return type === 'string' || type === 'integer' || type === 'timestamp';
}

export function isSearched({ type }: Field): boolean {
  return type === 'string' || type === 'text';
}

function parseField(word: string): Field {
  const [, name, type, argument, optional] = /^([^:()?]+):([a-z]+)(?:\(([^()]*)\))?(\?)?$/.exec(word) ?? [];
  if (!name || !type)
    throw new Error(`"${printable(word)}" is no field: write them as in --fields "${example}".`);
  if (!Object.hasOwn(types, type)) {
    throw new Error(`"${printable(word)}" has no type that is known: ${Object.keys(types).join(', ')}.`);
  }
  const field: Field = {
    name: checkName(name),
    column: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    type: type as FieldType,
    nullable: optional === '?',
  };
  if (isFilter(field) && (parameters.has(name) || breaksTypeScript(name))) {
    throw new Error(
      `"${name}" cannot be a filter: choose another name, such as is${name[0]?.toUpperCase()}${name.slice(1)}.`,
    );
  }
  return { ...field, ...readArgument(field, argument) };
}

function checkName(name: string): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    throw new Error(`"${printable(name)}" cannot name a field: write it as dueAt, of letters and digits.`);
  }
  if (taken.has(name)) throw new Error(`"${name}" is taken in every row or object: choose another name.`);
  return name;
}

function readArgument({ name, type }: Field, argument: string | undefined): Partial<Field> {
  if (type === 'enum') return { values: readValues(name, argument) };
  if (type === 'integer') return argument === undefined ? {} : { range: readRange(name, argument, int4) };
  const limits = types[type].range;
  if (limits) {
    const { min, max } = limits;
    return { range: argument === undefined ? { min, max } : readRange(name, argument, limits, min) };
  }
  if (argument !== undefined) throw new Error(`"${name}" is a ${type}, which takes nothing in parentheses.`);
  return {};
}

/** `(1..80)`, and `(80)` for the upper end alone where there is a lower one by default. */
function readRange(
  name: string,
  argument: string,
  { lowest, highest }: { lowest: number; highest: number },
  byDefault?: number,
): { min: number; max: number } {
  const [, from, to] = /^(?:(-?\d{1,10})\.\.)?(-?\d{1,10})$/.exec(argument) ?? [];
  const min = from === undefined ? byDefault : Number(from);
  const max = Number(to);
  if (
    min === undefined ||
    to === undefined ||
    !(lowest <= min && min <= max && lowest < max && max <= highest)
  ) {
    throw new Error(`"${name}" needs a range in parentheses, such as (1..5), within ${lowest}..${highest}.`);
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
      `"${name}" needs its values in parentheses, each once, of letters, digits, _ and -: enum(open|done).`,
    );
  }
  return values;
}

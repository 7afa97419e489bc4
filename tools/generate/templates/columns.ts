import pluralize from 'pluralize';
import type { Field } from '../fields.js';
import { capitalized, type Names } from '../names.js';
import { sqlName } from '../reserved-words.js';

/** What the templates say of one field: in the entity, the DTOs and the migration. */
export interface Column {
  /** The TypeScript type of its values. */
  valueType: string;
  /** The options of `@Column`, but for those that every column has. */
  options: string[];
  /** Its type in SQL, with what follows that. */
  sql: string;
  /** The Zod schema of what a client may send. */
  rule: string;
  /** The Zod schema of what the api answers. */
  answer: string;
  /** What a client need not send. */
  default?: string;
  /** The condition of its CHECK constraint. */
  check?: string;
}

/** How the templates write a field of each type. */
export function columnOf(names: Names, field: Field): Column {
  const column = notNull(names, field);
  if (!field.nullable)
    return {
      ...column,
      sql: column.default ? `${column.sql} NOT NULL DEFAULT ${column.default}` : `${column.sql} NOT NULL`,
    };
  return {
    ...column,
    valueType: `${column.valueType} | null`,
    options: [...column.options.filter((option) => !option.startsWith('default')), 'nullable: true'],
    rule: `${column.rule}.nullable()`,
    answer: `${column.answer}.nullable()`,
    default: 'null',
  };
}

function notNull(names: Names, field: Field): Column {
  const name = sqlName(field.column);
  switch (field.type) {
    case 'string':
      return {
        valueType: 'string',
        options: ["type: 'text'", "collation: 'und-x-icu'"],
        sql: 'text COLLATE "und-x-icu"',
        rule: `trimmedText(${limits(field)})`,
        answer: 'z.string()',
      };
    case 'text':
      return {
        valueType: 'string',
        options: ["type: 'text'"],
        sql: 'text',
        rule: `text(${limits(field)})`,
        answer: 'z.string()',
      };
    case 'boolean':
      return {
        valueType: 'boolean',
        options: ["type: 'boolean'", 'default: false'],
        sql: 'boolean',
        rule: 'z.boolean()',
        answer: 'z.boolean()',
        default: 'false',
      };
    case 'integer': {
      const { min, max } = field.range ?? {};
      return {
        valueType: 'number',
        options: ["type: 'integer'"],
        sql: 'integer',
        rule: field.range ? `z.int().min(${number(min)}).max(${number(max)})` : 'z.int32()',
        answer: 'z.int32()',
        check: field.range && `${name} BETWEEN ${min} AND ${max}`,
      };
    }
    case 'timestamp':
      return {
        valueType: 'string',
        options: ["type: 'timestamptz'", 'precision: 3'],
        sql: 'timestamptz(3)',
        rule: 'timestamp()',
        answer: 'z.iso.datetime()',
      };
    case 'enum': {
      const values = valuesName(names, field);
      return {
        valueType: `(typeof ${values})[number]`,
        options: ["type: 'text'"],
        sql: 'text',
        rule: `z.enum(${values})`,
        answer: `z.enum(${values})`,
        check: `${name} IN (${field.values?.map((value) => `'${value}'`).join(', ')})`,
      };
    }
  }
}

/** `noteStatuses`, of the field `status`. */
export function valuesName({ variable }: Names, { name }: Field): string {
  return `${variable}${capitalized(pluralize.plural(name))}`;
}

function limits({ range }: Field): string {
  const { min, max } = range as { min: number; max: number };
  return min ? `{ min: ${min}, max: ${number(max)} }` : `{ max: ${number(max)} }`;
}

/** `10_000` */
function number(value = 0): string {
  return Math.abs(value) < 10_000 ? String(value) : value.toLocaleString('en').replaceAll(',', '_');
}

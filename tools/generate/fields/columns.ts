import pluralize from 'pluralize';
import { capitalized, type Names } from '../names.js';
import { sqlName } from '../reserved-words.js';
import type { Field } from './fields.js';

/** How a field is written in TypeScript and SQL. */
export interface Column {
  valueType: string;
  /** Options of `@Column`. */
  options: string[];
  /** The type of the column in SQL. */
  sqlType: string;
  /** The Zod schema of the field in a request. */
  requestSchema: string;
  /** The Zod schema of the field in a response. */
  responseSchema: string;
  /** The value of the field if a request to create a row omits it. */
  default?: string;
  /** The condition of the CHECK constraint. */
  check?: string;
}

/** `FOREIGN KEY (owner_id, task_id) REFERENCES tasks (owner_id, id) …`, so that a row refers only to rows of its owner. */
export function foreignKey({ column, reference }: Field): string {
  const { names, onDelete } = reference!;
  // SET NULL without the column would set the owner to null, too.
  const rule = onDelete === 'SET NULL' ? `SET NULL (${sqlName(column)})` : onDelete;
  return (
    `FOREIGN KEY (owner_id, ${sqlName(column)}) ` +
    `REFERENCES ${sqlName(names.table)} (owner_id, id) ON DELETE ${rule}`
  );
}

/** `comments_task_fkey` */
export function foreignKeyName({ table }: Names, { column }: Field): string {
  return `${table}_${column.replace(/_id$/, '')}_fkey`;
}

export function columnOf(names: Names, field: Field): Column {
  const column = requiredColumn(names, field);
  if (!field.nullable) {
    return column;
  }
  return {
    ...column,
    valueType: `${column.valueType} | null`,
    options: [...column.options.filter((option) => !option.startsWith('default')), 'nullable: true'],
    requestSchema: `${column.requestSchema}.nullable()`,
    responseSchema: `${column.responseSchema}.nullable()`,
    default: 'null',
  };
}

/** Returns the definition of a column in CREATE TABLE: `"order" integer NOT NULL`. */
export function columnDefinition(names: Names, field: Field): string {
  const { sqlType, default: value } = columnOf(names, field);
  const constraint = field.nullable ? '' : ` NOT NULL${value ? ` DEFAULT ${value}` : ''}`;
  return `${sqlName(field.column)} ${sqlType}${constraint}`;
}

function requiredColumn(names: Names, field: Field): Column {
  const name = sqlName(field.column);
  switch (field.type) {
    case 'string':
      return {
        valueType: 'string',
        options: ["type: 'text'", "collation: 'und-x-icu'"],
        sqlType: 'text COLLATE "und-x-icu"',
        requestSchema: `trimmedText(${limits(field)})`,
        responseSchema: 'z.string()',
      };
    case 'text':
      return {
        valueType: 'string',
        options: ["type: 'text'"],
        sqlType: 'text',
        requestSchema: `plainText(${limits(field)})`,
        responseSchema: 'z.string()',
      };
    case 'boolean':
      return {
        valueType: 'boolean',
        options: ["type: 'boolean'", 'default: false'],
        sqlType: 'boolean',
        requestSchema: 'z.boolean()',
        responseSchema: 'z.boolean()',
        default: 'false',
      };
    case 'integer': {
      const { min, max } = field.range ?? {};
      return {
        valueType: 'number',
        options: ["type: 'integer'"],
        sqlType: 'integer',
        requestSchema: field.range ? `z.int().min(${literal(min)}).max(${literal(max)})` : 'z.int32()',
        responseSchema: 'z.int32()',
        check: field.range && `${name} BETWEEN ${min} AND ${max}`,
      };
    }
    case 'timestamp':
      return {
        valueType: 'string',
        options: ["type: 'timestamptz'", 'precision: 3'],
        sqlType: 'timestamptz(3)',
        requestSchema: 'timestamp()',
        responseSchema: 'z.iso.datetime()',
      };
    case 'enum': {
      const values = valuesName(names, field);
      return {
        valueType: `(typeof ${values})[number]`,
        options: ["type: 'text'"],
        sqlType: 'text',
        requestSchema: `z.enum(${values})`,
        responseSchema: `z.enum(${values})`,
        check: `${name} IN (${field.values?.map((value) => `'${value}'`).join(', ')})`,
      };
    }
    case 'ref':
      return {
        valueType: 'string',
        options: ["type: 'uuid'"],
        sqlType: 'uuid',
        requestSchema: `reference('${field.reference!.collection}')`,
        responseSchema: 'idSchema',
      };
  }
}

/** `noteStatuses`, for the field `status`. */
export function valuesName({ variable }: Names, { name }: Field): string {
  return `${variable}${capitalized(pluralize.plural(name))}`;
}

/** `notes_owner_due_idx` for the column `due_at`; `notes_owner_due_at_idx` if there is a column `due`, too. */
export function indexName({ table }: Names, { column, type }: Field, fields: Field[]): string {
  const short = column.replace(type === 'ref' ? /_id$/ : /_at$/, '');
  return `${table}_owner_${fields.some((field) => field.column === short) ? column : short}_idx`;
}

export function searchIndexName({ table }: Names): string {
  return `${table}_search_idx`;
}

/** The name that PostgreSQL itself would choose. */
export function checkName({ table }: Names, { column }: Field): string {
  return `${table}_${column}_check`;
}

function limits({ range }: Field): string {
  const { min, max } = range as { min: number; max: number };
  return min ? `{ min: ${min}, max: ${literal(max)} }` : `{ max: ${literal(max)} }`;
}

/** `10_000` */
function literal(value = 0): string {
  return Math.abs(value) < 10_000 ? String(value) : value.toLocaleString('en').replaceAll(',', '_');
}

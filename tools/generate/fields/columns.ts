import pluralize from 'pluralize';
import { capitalized, type Names } from '../names.js';
import { sqlName } from '../reserved-words.js';
import { type Field, isSort } from './fields.js';

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
  /** The default value in SQL, if it is written in another way. */
  sqlDefault?: string;
  /** The condition of the CHECK constraint. */
  check?: string;
  /** What the entity exports for the field. */
  exported?: { name: string; declaration: string };
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

/** Returns statistics for a reference, which implies the owner. Without them, PostgreSQL expects too few rows and sorts them. */
export function referenceStatistics({ table }: Names, { column, type }: Field): string[] {
  const name = `${table}_${column.replace(/_id$/, '')}_stats`;
  const sql = `CREATE STATISTICS ${name} (dependencies) ON owner_id, ${sqlName(column)} FROM ${sqlName(table)}`;
  return type === 'ref' ? [sql] : [];
}

export function columnOf(names: Names, field: Field): Column {
  const column = requiredColumn(names, field);
  if (field.default !== undefined) {
    const options = column.options.filter((option) => !option.startsWith('default'));
    return { ...column, options: [...options, `default: ${field.default}`], default: field.default };
  }
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
  const { sqlType, default: ownDefault, sqlDefault: value = ownDefault } = columnOf(names, field);
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
    case 'decimal': {
      const { precision, scale } = field.digits as NonNullable<Field['digits']>;
      return {
        valueType: 'string',
        options: ["type: 'numeric'", `precision: ${precision}`, `scale: ${scale}`],
        sqlType: `numeric(${precision},${scale})`,
        requestSchema: `decimal({ precision: ${precision}, scale: ${scale} })`,
        responseSchema: "z.string().meta({ format: 'decimal' })",
      };
    }
    case 'date':
      return {
        valueType: 'string',
        options: ["type: 'date'"],
        sqlType: 'date',
        requestSchema: 'calendarDate()',
        responseSchema: 'z.iso.date()',
      };
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
      const literals = field.values?.map((value) => `'${value}'`).join(', ');
      return {
        valueType: `(typeof ${values})[number]`,
        options: ["type: 'text'"],
        sqlType: 'text',
        requestSchema: `z.enum(${values})`,
        responseSchema: `z.enum(${values})`,
        check: `${name} IN (${literals})`,
        exported: { name: values, declaration: `export const ${values} = [${literals}] as const;` },
      };
    }
    case 'url':
      return {
        valueType: 'string',
        options: ["type: 'text'"],
        sqlType: 'text',
        requestSchema: `httpUrl({ max: ${literal(field.range?.max)} })`,
        responseSchema: 'z.url()',
        check: `${name} ~* '^https?://'`,
      };
    case 'email':
      return {
        valueType: 'string',
        options: ["type: 'text'", "collation: 'und-x-icu'"],
        sqlType: 'text COLLATE "und-x-icu"',
        requestSchema: 'emailAddress()',
        responseSchema: 'z.email()',
        check: `${name} LIKE '%_@_%'`,
      };
    case 'string[]':
      return {
        valueType: 'string[]',
        options: ["type: 'text'", 'array: true', 'default: []'],
        sqlType: 'text[]',
        requestSchema: `z.array(trimmedText(${limits(field)})).max(${field.maxItems})`,
        responseSchema: 'z.array(z.string())',
        default: '[]',
        sqlDefault: "'{}'",
        check: `cardinality(${name}) <= ${field.maxItems} AND array_position(${name}, NULL) IS NULL`,
      };
    case 'json': {
      const schema = jsonSchemaName(names, field);
      return {
        valueType: `z.infer<typeof ${schema}>`,
        options: ["type: 'jsonb'"],
        sqlType: 'jsonb',
        requestSchema: `storableJson(${schema}, { maxBytes: ${literal(field.range?.max)} })`,
        responseSchema: schema,
        exported: {
          name: schema,
          declaration:
            `/** What \`${field.name}\` may contain. Edit it, then run \`npm run openapi\`. Stored rows are not validated again. */\n` +
            `export const ${schema} = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));`,
        },
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
    case 'refs': {
      const limit = linkLimitName(names, field);
      return {
        valueType: 'string[]',
        options: [],
        sqlType: '',
        requestSchema: `z.array(reference('${field.reference!.collection}')).max(${limit})`,
        responseSchema: 'z.array(idSchema)',
        default: '[]',
        exported: { name: limit, declaration: `export const ${limit} = ${maxLinks};` },
      };
    }
  }
}

/** `noteStatuses`, for the field `status`. */
export function valuesName({ variable }: Names, { name }: Field): string {
  return `${variable}${capitalized(pluralize.plural(name))}`;
}

/** How many rows a row can refer to with `refs`. */
export const maxLinks = 20;

/** `maxNoteTags`, for the field `tagIds`. */
export function linkLimitName({ type }: Names, { reference }: Field): string {
  return `max${type}${capitalized(reference!.relation)}`;
}

/** `noteSettingsSchema`, for the field `settings`. */
export function jsonSchemaName({ variable }: Names, { name }: Field): string {
  return `${variable}${capitalized(name)}Schema`;
}

/** `due` for the column `due_at`; `due_at` if there is a column `due`, too. */
function shortName({ column, type }: Field, fields: Field[]): string {
  const short = column.replace(type === 'ref' ? /_id$/ : /_at$/, '');
  return fields.some((field) => field.column === short) ? column : short;
}

/** TypeORM can't describe an index without properties. */
type FieldIndex = Record<'name' | 'members', string> & { properties?: string[]; isUnique?: boolean };

/**
 * Returns the indexes of one field: for the items of a list, for a sort order or a reference, and for each sort order of
 * the rows with the same reference.
 */
export function fieldIndexes({ table }: Names, field: Field, fields: Field[]): FieldIndex[] {
  const { column, type, isAdded, pair } = field;
  if (type === 'string[]') {
    return [{ name: `${table}_${column}_idx`, members: `USING gin (owner_id, ${sqlName(column)})` }];
  }
  const index = (...indexed: Field[]): FieldIndex => {
    const keys = [...indexed, pair ?? { name: 'id', column: 'id' }];
    return {
      name: `${table}_owner_${indexed.map((key) => shortName(key, fields)).join('_')}_idx`,
      members: `(owner_id, ${keys.map((key) => sqlName(key.column)).join(', ')})`,
      properties: ['ownerId', ...keys.map(({ name }) => name)],
      isUnique: pair?.isUnique,
    };
  };
  if (type === 'ref') {
    const orders = isAdded ? fields.filter(isSort) : [];
    return [index(field), ...orders.map((order) => index(field, order))];
  }
  const references = fields.filter((other) => other.type === 'ref');
  return isSort(field) ? [index(field), ...references.map((reference) => index(reference, field))] : [];
}

/** A field that is added later has a search index of its own, so that the existing one need not be built again. */
export function searchIndexName({ table }: Names, { column, isAdded }: Partial<Field> = {}): string {
  return isAdded ? `${table}_${column}_search_idx` : `${table}_search_idx`;
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
export function literal(value = 0): string {
  return Math.abs(value) < 10_000 ? String(value) : value.toLocaleString('en').replaceAll(',', '_');
}

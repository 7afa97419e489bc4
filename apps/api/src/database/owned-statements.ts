import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { v7 as uuidv7 } from 'uuid';
import type { Position } from './keyset-cursor.js';
import { getCurrentScope } from './current-scope.js';
import { getLinkTables, type LinkTable, selectLinkedIds } from './linked-ids.decorator.js';
import type { OwnedEntity } from './owned.entity.js';
import { bytesOf, hasVariableSize, type OwnerQuota } from './owner-quota.js';

/** The properties of an entity that read other rows. Only queries in an owner scope do. */
export type Relations<T> = {
  [P in keyof T]-?: NonNullable<T[P]> extends OwnedEntity | OwnedEntity[] ? P : never;
}[keyof T];

/** The columns that a feature can write: all columns declared by its own entity class. */
export type Values<T extends OwnedEntity> = Partial<Omit<T, keyof OwnedEntity | Relations<T>>>;

/** The columns with values of a type, except those that no client sees. */
type Property<T extends OwnedEntity, V> = Exclude<
  { [P in keyof T & string]: NonNullable<T[P]> extends V ? P : never }[keyof T & string],
  'ownerId' | 'version'
>;

type Scalar = string | number | boolean;

/** Limits of a column. All of them apply, except undefined ones. */
interface Limits<V> {
  /** Any of these values. */
  in?: readonly V[];
  /** Less than this value. */
  before?: V;
  /** Greater than this value. */
  after?: V;
}

type Condition<V> = NonNullable<V> extends boolean | readonly unknown[] ? V : V | Limits<NonNullable<V>>;

/**
 * Conditions that a row must meet, by property: a value, null, or limits. An array must contain the given items. Undefined
 * conditions are ignored.
 */
export type Where<T extends OwnedEntity> = {
  [P in Property<T, Scalar | readonly Scalar[]>]?: Condition<T[P]>;
};

/** A property, with `-` in front for descending order. */
export type Sort<T extends OwnedEntity> = Property<T, Scalar> | `-${Property<T, Scalar>}`;

export interface PageQuery<T extends OwnedEntity> {
  limit: number;
  cursor?: string;
  /** Null values always come last. */
  sort: Sort<T>;
  where?: Where<T>;
  /** Text to find in at least one of the `searchIn` properties, case-insensitive. */
  search?: string;
  searchIn?: (keyof Values<T> & string)[];
}

export interface Statement {
  text: string;
  parameters: unknown[];
}

/** The part of a list with or without a value in a nullable sort column, between two positions. */
export interface Range {
  column: ColumnMetadata | undefined;
  nulls: 'NOT NULL' | 'NULL';
  after?: Position;
  /** The last position of the range. */
  upTo?: Position;
}

type AddParameter = (value: unknown) => string;

const SEARCH_STEP_ROWS = 100;

/** An array is one parameter, so that its length doesn't change the text of a prepared statement. */
const OPERATORS: Record<keyof Limits<unknown>, (column: string, parameter: string) => string> = {
  in: (column, parameter) => `${column} = ANY (${parameter})`,
  before: (column, parameter) => `${column} < ${parameter}`,
  after: (column, parameter) => `${column} > ${parameter}`,
};

/** Builds the SQL of `OwnedRepository`. `$1` is the owner, and every statement filters by it or writes it. */
export class OwnedStatements<T extends OwnedEntity> {
  readonly table: string;
  readonly #columns: Map<string, ColumnMetadata>;
  readonly #linkTables: ReadonlyMap<string, LinkTable>;
  readonly #selection: string;
  readonly #selectById: string;
  /** An expression for the bytes of a row that count towards the quota. */
  readonly #rowBytes: string;

  /** @param quota undefined if there is no limit. */
  constructor(
    private readonly metadata: EntityMetadata,
    private readonly enabledQuota: OwnerQuota | undefined,
  ) {
    this.table = quote(metadata.tableName);
    const columns = metadata.columns.filter(({ isVirtualProperty }) => !isVirtualProperty);
    this.#columns = new Map(columns.map((column) => [column.propertyName, column]));
    this.#linkTables = getLinkTables(metadata.target);
    this.#rowBytes = bytesOf(columns);
    this.#selection = [
      ...columns
        .filter(isReturned)
        .map((column) => `${quote(column.databaseName)} AS ${quote(column.propertyName)}`),
      ...Array.from(
        this.#linkTables,
        ([property, link]) => `${selectLinkedIds(link, '$1', this.table)} AS ${quote(property)}`,
      ),
    ].join(', ');
    this.#selectById = `SELECT ${this.#selection}, version FROM ${this.table} WHERE owner_id = $1 AND id = $2`;
  }

  /** Undefined in a scope, where triggers charge the quota. */
  get #quota(): OwnerQuota | undefined {
    return getCurrentScope() ? undefined : this.enabledQuota;
  }

  selectOne(ownerId: string, key: string | Where<T>): Statement {
    if (typeof key === 'string') {
      return { text: this.#selectById, parameters: [ownerId, key] };
    }
    const { conditions, parameters } = this.#where(ownerId, key);
    return {
      text: `SELECT ${this.#selection}, version FROM ${this.table} WHERE ${conditions} LIMIT 1`,
      parameters,
    };
  }

  exists(ownerId: string, where: Where<T>): Statement {
    const { conditions, parameters } = this.#where(ownerId, where);
    return { text: `SELECT 1 FROM ${this.table} WHERE ${conditions} LIMIT 1`, parameters };
  }

  count(ownerId: string, where: Where<T>, max: number): Statement {
    const { conditions, parameters } = this.#where(ownerId, where);
    const rows = `SELECT FROM ${this.table} WHERE ${conditions} LIMIT $${parameters.push(max)}`;
    return { text: `SELECT count(*)::integer AS count FROM (${rows}) AS counted`, parameters };
  }

  selectRows(ownerId: string, query: PageQuery<T>, range: Range, limit: number): Statement {
    const { conditions, parameters, order } = this.#listConditions(ownerId, query, range);
    return {
      text:
        `SELECT ${this.#selection} FROM ${this.table} WHERE ${conditions} ORDER BY ${order} ` +
        `LIMIT $${parameters.push(limit)}`,
      parameters,
    };
  }

  /** Selects the last row of the next step of a search. */
  selectStepEnd(ownerId: string, query: PageQuery<T>, range: Range): Statement {
    const { column } = range;
    const { conditions, parameters, order } = this.#listConditions(
      ownerId,
      { ...query, search: undefined },
      range,
    );
    const value = column ? `, ${quote(column.databaseName)} AS ${quote(column.propertyName)}` : '';
    return {
      text:
        `SELECT id${value} FROM ${this.table} WHERE ${conditions} ORDER BY ${order} ` +
        `OFFSET ${SEARCH_STEP_ROWS - 1} LIMIT 1`,
      parameters,
    };
  }

  insert(ownerId: string, values: Values<T>, onConflict?: 'ignore'): Statement {
    const id = uuidv7();
    const createdAt = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
    const [names, given] = this.#toColumns(values);
    const columns = ['owner_id', 'id', 'created_at', 'updated_at', ...names];
    const placeholders = names.map((_, index) => `, $${index + 4}`).join('');
    const parameters = [ownerId, id, createdAt, ...given];
    const version = this.#chargedVersion(1, this.#rowBytes, parameters);
    return {
      text:
        `INSERT INTO ${this.table} (${columns.join(', ')}) VALUES ($1, $2, $3, $3${placeholders}) ` +
        `${onConflict ? 'ON CONFLICT DO NOTHING ' : ''}RETURNING ${this.#selection}, ${version}`,
      parameters,
    };
  }

  /** Locks a row, so that a later statement sees what other transactions have changed. */
  lock(ownerId: string, id: string): Statement {
    return {
      text: `SELECT version FROM ${this.table} WHERE owner_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      parameters: [ownerId, id],
    };
  }

  /** Returns the properties whose values are in join tables. */
  linkedIdsIn(values: Values<T>): [property: string, ids: string[]][] {
    return statedEntries(values).filter(([property]) => this.#linkTables.has(property)) as [
      string,
      string[],
    ][];
  }

  /** Returns statements after which the row has exactly these linked ids. */
  setLinkedIds(ownerId: string, id: string, property: string, ids: string[]): Statement[] {
    const { table, from, to } = this.#linkTables.get(property)!;
    const change = (rows: number, text: string): Statement => {
      const parameters: unknown[] = [ownerId, id, ids];
      return { text: `${text} RETURNING ${this.#chargedVersion(rows, '0', parameters)}`, parameters };
    };
    return [
      change(
        -1,
        `DELETE FROM ${quote(table)} WHERE owner_id = $1 AND ${quote(from)} = $2 AND ${quote(to)} <> ALL ($3)`,
      ),
      change(
        1,
        `INSERT INTO ${quote(table)} (owner_id, ${quote(from)}, ${quote(to)}) ` +
          `SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
      ),
    ];
  }

  /** @returns undefined if there is nothing to change. */
  update(
    ownerId: string,
    key: string | (Where<T> & { id: string }),
    changes: Values<T>,
    expectedVersions?: number[],
  ): Statement | undefined {
    const [names, given] = this.#toColumns(changes);
    if (names.length === 0 && this.linkedIdsIn(changes).length === 0) {
      return undefined;
    }
    const { id, ...where } = typeof key === 'string' ? { id: key } : key;
    const assignments = names.map((name, index) => `, ${name} = $${index + 5}`).join('');
    const parameters = [ownerId, id, new Date().toISOString(), expectedVersions ?? null, ...given];
    const further = this.#filters(where, parameterAdder(parameters)).map((condition) => `AND ${condition} `);
    const resized = this.#columnEntries(changes)
      .map(([column]) => column)
      .filter(hasVariableSize);
    let version = 'version';
    let before = '';
    if (this.#quota && resized.length > 0) {
      const bytes = bytesOf(resized);
      version = this.#chargedVersion(0, `${bytes} - bytes_before`, parameters);
      // Locked, so that a concurrent update can't count the same bytes again.
      before =
        `FROM (SELECT ${bytes} AS bytes_before FROM ${this.table} ` +
        `WHERE owner_id = $1 AND id = $2 FOR UPDATE) AS before `;
    }
    return {
      text:
        `UPDATE ${this.table} SET version = version + 1, updated_at = $3${assignments} ${before}` +
        `WHERE owner_id = $1 AND id = $2 AND ($4::integer[] IS NULL OR version = ANY ($4)) ${further.join('')}` +
        `RETURNING ${this.#selection}, ${version}`,
      parameters,
    };
  }

  remove(ownerId: string, id: string, expectedVersions?: number[]): Statement {
    const parameters = [ownerId, id, expectedVersions ?? null];
    const version = this.#chargedVersion(-1, `-${this.#rowBytes}`, parameters);
    return {
      text:
        `DELETE FROM ${this.table} WHERE owner_id = $1 AND id = $2 ` +
        `AND ($3::integer[] IS NULL OR version = ANY ($3)) RETURNING ${version}`,
      parameters,
    };
  }

  /** Returns undefined for `createdAt`: ids are in creation order, so the primary key serves it. */
  sortColumn(sort: string): ColumnMetadata | undefined {
    const property = sort.replace(/^-/, '');
    return property === 'createdAt' ? undefined : this.#column(property);
  }

  #where(ownerId: string, where: Where<T>) {
    const parameters: unknown[] = [ownerId];
    const conditions = ['owner_id = $1', ...this.#filters(where, parameterAdder(parameters))];
    return { conditions: conditions.join(' AND '), parameters };
  }

  #listConditions(ownerId: string, query: PageQuery<T>, { column, nulls, after, upTo }: Range) {
    const parameters: unknown[] = [ownerId];
    const addParameter = parameterAdder(parameters);
    const descending = query.sort.startsWith('-');
    const conditions = [
      'owner_id = $1',
      ...this.#filters(query.where ?? {}, addParameter),
      ...this.#search(query, addParameter),
    ];
    const keys = column ? [quote(column.databaseName), 'id'] : ['id'];
    if (column?.isNullable) {
      conditions.push(`${keys[0]} IS ${nulls}`);
    }
    const compare = (operator: string, { value, id }: Position) => {
      const values = column && nulls === 'NOT NULL' ? [value, id] : [id];
      const compared = keys.slice(-values.length);
      conditions.push(`(${compared.join(', ')}) ${operator} (${values.map(addParameter).join(', ')})`);
    };
    if (after) {
      compare(descending ? '<' : '>', after);
    }
    if (upTo) {
      compare(descending ? '>=' : '<=', upTo);
    }
    // The NULL range is sorted by the column too, so that PostgreSQL chooses the same index.
    const order = keys.map((key) => `${key} ${descending ? 'DESC' : 'ASC'}`).join(', ');
    return { conditions: conditions.join(' AND '), parameters, order };
  }

  /** Booleans are written into the statement, so that PostgreSQL can use a partial index. */
  #filters(where: object, addParameter: AddParameter): string[] {
    const filters: string[] = [];
    for (const [property, condition] of statedEntries(where)) {
      const link = this.#linkTables.get(property);
      if (link) {
        filters.push(...this.#linkFilters(link, condition as string[], addParameter));
        continue;
      }
      const name = quote(this.#column(property).databaseName);
      if (condition === null) {
        filters.push(`${name} IS NULL`);
      } else if (typeof condition === 'boolean') {
        filters.push(`${condition ? '' : 'NOT '}${name}`);
      } else if (Array.isArray(condition)) {
        filters.push(`${name} @> ${addParameter(condition)}`);
      } else if (typeof condition === 'object') {
        for (const [operator, value] of statedEntries(condition)) {
          filters.push(OPERATORS[operator as keyof Limits<unknown>](name, addParameter(value)));
        }
      } else {
        filters.push(`${name} = ${addParameter(condition)}`);
      }
    }
    return filters;
  }

  /** A subquery for each id, because PostgreSQL can join it by the index of the join table. */
  #linkFilters({ table, from, to }: LinkTable, ids: string[], addParameter: AddParameter): string[] {
    return ids.map(
      (id) =>
        `EXISTS (SELECT 1 FROM ${quote(table)} WHERE owner_id = $1 AND ${quote(from)} = ${this.table}.id ` +
        `AND ${quote(to)} = ${addParameter(id)})`,
    );
  }

  #search({ search, searchIn = [] }: PageQuery<T>, addParameter: AddParameter): string[] {
    if (!search) {
      return [];
    }
    const pattern = addParameter(`%${search.replace(/[\\%_]/g, String.raw`\$&`)}%`);
    const matches = searchIn.map(
      (property) =>
        `${lowerCase(quote(this.#column(property).databaseName))} LIKE ${lowerCase(`${pattern}::text`)}`,
    );
    return [`(${matches.join(' OR ')})`];
  }

  /** Returns the column names and the values of all defined properties. */
  #toColumns(values: Values<T>): [names: string[], parameters: unknown[]] {
    const entries = this.#columnEntries(values);
    return [
      entries.map(([{ databaseName }]) => quote(databaseName)),
      entries.map(([column, value]) => toParameter(value, column)),
    ];
  }

  #columnEntries(values: Values<T>): [column: ColumnMetadata, value: unknown][] {
    return statedEntries(values)
      .filter(([property]) => !this.#linkTables.has(property))
      .map(([property, value]) => [this.#column(property), value]);
  }

  #column(property: string): ColumnMetadata {
    const column = this.#columns.get(property);
    if (!column || !isReturned(column)) {
      throw new TypeError(`${this.metadata.name} has no selectable property "${property}".`);
    }
    return column;
  }

  #chargedVersion(rows: number, bytes: string, parameters: unknown[]): string {
    return this.#quota?.chargedVersion(rows, bytes, parameterAdder(parameters)) ?? 'version';
  }
}

/** Returns the conditions without undefined ones and empty limits, which filter nothing. */
export function statedConditions(where: object): Record<string, unknown> {
  const isEmpty = (condition: unknown) =>
    typeof condition === 'object' && condition !== null && statedEntries(condition).length === 0;
  return Object.fromEntries(statedEntries(where).filter(([, condition]) => !isEmpty(condition)));
}

const statedEntries = (object: object): [string, unknown][] =>
  Object.entries(object).filter(([, value]) => value !== undefined);

const parameterAdder =
  (parameters: unknown[]): AddParameter =>
  (value) =>
    `$${parameters.push(value)}`;

/** pg sends objects as JSON, but arrays as arrays of PostgreSQL and strings as they are. */
function toParameter(value: unknown, { type, isArray }: ColumnMetadata): unknown {
  const isJson = (type === 'jsonb' || type === 'json') && !isArray;
  return isJson && value !== null ? JSON.stringify(value) : value;
}

/** The owner is known to the client, and the version is sent as the ETag. */
const isReturned = ({ isSelect, propertyName }: ColumnMetadata) =>
  isSelect && propertyName !== 'ownerId' && propertyName !== 'version';

const quote = (name: string) => `"${name}"`;

/** The explicit collation is needed because `lower()` converts only ASCII letters in a database with the C locale. */
const lowerCase = (expression: string) => `lower(${expression} COLLATE "und-x-icu")`;

import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { v7 as uuidv7 } from 'uuid';
import { decodeCursor, encodeCursor, invalidCursor, type Position } from './keyset-cursor.js';
import type { OwnedEntity } from './owned.entity.js';
import { type Queryable, getQueryable, type Transaction } from './queryable.js';

/** A row as its owner sees it, ready for JSON. */
export type Row<T extends OwnedEntity> = Omit<T, 'ownerId' | 'version'>;

/** What a feature may write: the columns that it declares itself. */
export type Values<T extends OwnedEntity> = Partial<Omit<T, keyof OwnedEntity>>;

/** A row and its version. Its JSON is the row alone; `@SendsETag()` sends the version as the ETag. */
export class Versioned<R> {
  constructor(
    readonly row: R,
    readonly version: number,
  ) {}

  toJSON(): R {
    return this.row;
  }
}

export interface Page<R> {
  items: R[];
  nextCursor: string | null;
}

export interface PageQuery<T extends OwnedEntity> {
  limit: number;
  cursor?: string;
  /** A column, with `-` before it for the reverse order; rows without a value come last either way. */
  sort: string;
  /** Columns that must have the value; what is undefined does not count. */
  where?: Values<T>;
  /** Text that must occur in one of the columns `searchIn`, in any case. */
  search?: string;
  searchIn?: (keyof Values<T> & string)[];
}

interface Statement {
  text: string;
  parameters: unknown[];
}

/**
 * The only way to the rows of a table that belong to users. Every method takes the owner first and puts it into its
 * one statement: another user's row is missing, whatever else is asked. Statement texts depend on the shape of a call
 * alone, never on its values, so that each is prepared once.
 */
export class OwnedRepository<T extends OwnedEntity> {
  // Features hold this object, and brackets get past `private`: nothing gets past #.
  readonly #queryable: Queryable;
  readonly #metadata: EntityMetadata;
  readonly #readerFor?: (ownerId: string) => Promise<OwnedRepository<T>>;
  readonly #table: string;
  readonly #columns: Map<string, ColumnMetadata>;
  readonly #selection: string;

  /** @param readerFor answers the repository that an owner's lists are read from, where that is not always this one. */
  constructor(
    queryable: Queryable,
    metadata: EntityMetadata,
    readerFor?: (ownerId: string) => Promise<OwnedRepository<T>>,
  ) {
    this.#queryable = queryable;
    this.#metadata = metadata;
    this.#readerFor = readerFor;
    this.#table = quote(metadata.tableName);
    this.#columns = new Map(metadata.columns.map((column) => [column.propertyName, column]));
    this.#selection = metadata.columns
      .filter((column) => column.isSelect)
      .map((column) => `${quote(column.databaseName)} AS ${quote(column.propertyName)}`)
      .join(', ');
  }

  /** The same repository inside a transaction. */
  withTransaction(transaction: Transaction | undefined): OwnedRepository<T> {
    return transaction ? new OwnedRepository<T>(getQueryable(transaction), this.#metadata) : this;
  }

  async findOne(ownerId: string, id: string): Promise<Versioned<Row<T>> | undefined> {
    return this.#one({
      text: `SELECT ${this.#selection}, version FROM ${this.#table} WHERE owner_id = $1 AND id = $2`,
      parameters: [ownerId, id],
    });
  }

  /**
   * One page by keyset: a row comparison that an index answers, so that page 10,000 costs what page 1 does.
   * @throws ProblemException 400 for a cursor that was made for another list.
   */
  async findPage(ownerId: string, query: PageQuery<T>): Promise<Page<Row<T>>> {
    if (this.#readerFor) {
      return (await this.#readerFor(ownerId)).findPage(ownerId, query);
    }
    const list = JSON.stringify([this.#table, ownerId, query.sort, query.search, query.where]);
    const after = query.cursor === undefined ? undefined : decodeCursor(list, query.cursor);
    const column = this.#sortColumn(query.sort);
    const rows: Row<T>[] = [];
    if (!column?.isNullable || after?.value !== null) {
      rows.push(...(await this.#range(ownerId, query, column, 'valued', after, query.limit + 1)));
    }
    if (column?.isNullable && rows.length <= query.limit) {
      const start = after?.value === null ? after : undefined;
      rows.push(
        ...(await this.#range(ownerId, query, column, 'empty', start, query.limit + 1 - rows.length)),
      );
    }
    if (rows.length <= query.limit) {
      return { items: rows, nextCursor: null };
    }
    const items = rows.slice(0, query.limit);
    const last = items.at(-1) as Row<T> & Record<string, Position['value']>;
    const value = column ? last[column.propertyName]! : null;
    return { items, nextCursor: encodeCursor(list, { value, id: last.id }) };
  }

  async insert(ownerId: string, values: Values<T>): Promise<Versioned<Row<T>>> {
    const id = uuidv7();
    const createdAt = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
    const [names, parameters] = this.#assignments(values);
    const all = ['owner_id', 'id', 'created_at', 'updated_at', ...names];
    const versioned = await this.#one({
      text:
        `INSERT INTO ${this.#table} (${all.join(', ')}) VALUES ($1, $2, $3, $3${placeholders(names, 4)}) ` +
        `RETURNING ${this.#selection}, version`,
      parameters: [ownerId, id, createdAt, ...parameters],
    });
    return versioned!;
  }

  /**
   * Changes what `changes` names, in one atomic statement; nothing named changes nothing.
   * @returns undefined where the owner has no such row, or it has none of the `versions`.
   */
  async update(
    ownerId: string,
    id: string,
    changes: Values<T>,
    versions?: number[],
  ): Promise<Versioned<Row<T>> | undefined> {
    const [names, parameters] = this.#assignments(changes);
    if (names.length === 0) {
      const current = await this.findOne(ownerId, id);
      return current && (!versions || versions.includes(current.version)) ? current : undefined;
    }
    const assignments = names.map((name, index) => `${name} = $${index + 5}`).join(', ');
    return this.#one({
      text:
        `UPDATE ${this.#table} SET version = version + 1, updated_at = $3, ${assignments} ` +
        `WHERE owner_id = $1 AND id = $2 AND ($4::integer[] IS NULL OR version = ANY ($4)) ` +
        `RETURNING ${this.#selection}, version`,
      parameters: [ownerId, id, new Date().toISOString(), versions ?? null, ...parameters],
    });
  }

  /** @returns false where the owner has no such row, or it has none of the `versions`. */
  async remove(ownerId: string, id: string, versions?: number[]): Promise<boolean> {
    const removed = await this.#one({
      text:
        `DELETE FROM ${this.#table} WHERE owner_id = $1 AND id = $2 ` +
        `AND ($3::integer[] IS NULL OR version = ANY ($3)) RETURNING version`,
      parameters: [ownerId, id, versions ?? null],
    });
    return removed !== undefined;
  }

  /** The rows of one range of a list: those with a value in the sort column, or those without. */
  async #range(
    ownerId: string,
    query: PageQuery<T>,
    column: ColumnMetadata | undefined,
    part: 'valued' | 'empty',
    after: Position | undefined,
    limit: number,
  ): Promise<Row<T>[]> {
    const parameters: unknown[] = [ownerId];
    const parameter = (value: unknown) => `$${parameters.push(value)}`;
    const descending = query.sort.startsWith('-');
    const conditions = ['owner_id = $1', ...this.#filters(query, parameter)];
    const keys = column ? [quote(column.databaseName), 'id'] : ['id'];
    if (column?.isNullable) {
      conditions.push(`${keys[0]} IS ${part === 'valued' ? 'NOT NULL' : 'NULL'}`);
    }
    if (after) {
      const place = column && part === 'valued' ? [after.value, after.id] : [after.id];
      const compared = keys.slice(-place.length);
      conditions.push(
        `(${compared.join(', ')}) ${descending ? '<' : '>'} (${place.map(parameter).join(', ')})`,
      );
    }
    // Naming the column also where all its values are null keeps Postgres on the index that has it.
    const order = keys.map((key) => `${key} ${descending ? 'DESC' : 'ASC'}`).join(', ');
    try {
      return await this.#queryable.query(
        `SELECT ${this.#selection} FROM ${this.#table} WHERE ${conditions.join(' AND ')} ORDER BY ${order} ` +
          `LIMIT ${parameter(limit)}`,
        parameters,
      );
    } catch (error) {
      // A forged cursor can hold a value that the column's type does not know (SQLSTATE class 22).
      if (after && (error as { code?: string }).code?.startsWith('22')) {
        throw invalidCursor();
      }
      throw error;
    }
  }

  /** A boolean stands in the text itself, so that Postgres finds the partial index made for it. */
  #filters(query: PageQuery<T>, parameter: (value: unknown) => string): string[] {
    const filters: string[] = [];
    for (const [property, value] of Object.entries(query.where ?? {})) {
      if (value !== undefined) {
        const name = quote(this.#column(property).databaseName);
        filters.push(
          typeof value === 'boolean' ? `${value ? '' : 'NOT '}${name}` : `${name} = ${parameter(value)}`,
        );
      }
    }
    if (query.search) {
      const pattern = parameter(`%${query.search.replace(/[\\%_]/g, String.raw`\$&`)}%`);
      const matches = (query.searchIn ?? []).map(
        (property) =>
          `${folded(quote(this.#column(property).databaseName))} LIKE ${folded(`${pattern}::text`)}`,
      );
      filters.push(`(${matches.join(' OR ')})`);
    }
    return filters;
  }

  /** Column names and values of what is defined. An unknown property is a programming error, never ignored. */
  #assignments(values: Values<T>): [names: string[], parameters: unknown[]] {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return [
      given.map(([property]) => quote(this.#column(property).databaseName)),
      given.map(([, value]) => value),
    ];
  }

  /** Creation order is the order of the ids, which the primary key has. */
  #sortColumn(sort: string): ColumnMetadata | undefined {
    const property = sort.replace(/^-/, '');
    return property === 'createdAt' ? undefined : this.#column(property);
  }

  #column(property: string): ColumnMetadata {
    const column = this.#columns.get(property);
    if (!column?.isSelect) {
      throw new TypeError(`${this.#metadata.name} has no column ${property} that a feature may use.`);
    }
    return column;
  }

  async #one({ text, parameters }: Statement): Promise<Versioned<Row<T>> | undefined> {
    const [record] = await this.#queryable.query(text, parameters);
    if (!record) {
      return undefined;
    }
    const { version, ...row } = record;
    return new Versioned<Row<T>>(row, version);
  }
}

const quote = (name: string) => `"${name}"`;

const placeholders = (names: string[], first: number) =>
  names.map((_, index) => `, $${index + first}`).join('');

/** Lower case by Unicode's rules whatever the database's locale: plain lower() under the C locale folds ASCII alone. */
const folded = (expression: string) => `lower(${expression} COLLATE "und-x-icu")`;

import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { v7 as uuidv7 } from 'uuid';
import { decodeCursor, encodeCursor, invalidCursor, isSortValue, type Position } from './keyset-cursor.js';
import type { OwnedEntity } from './owned.entity.js';
import { getQueryable, type Queryable, type Transaction } from './queryable.js';

/** A row as the api returns it. */
export type Row<T extends OwnedEntity> = Omit<T, 'ownerId' | 'version'>;

/** The columns that a feature can write: all columns declared by its own entity class. */
export type Values<T extends OwnedEntity> = Partial<Omit<T, keyof OwnedEntity>>;

/** A row and its version. JSON contains only the row; `@SendsETag()` sends the version as the ETag. */
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
  /** A property of the entity, with `-` in front for descending order. Null values always come last. */
  sort: string;
  /** Properties and their required values. Undefined values are ignored. */
  where?: Values<T>;
  /** Text to find in at least one of the `searchIn` properties, case-insensitive. */
  search?: string;
  searchIn?: (keyof Values<T> & string)[];
}

interface Statement {
  text: string;
  parameters: unknown[];
}

/**
 * Reads and writes the rows of one owner. Every method takes the owner's id as its first argument and runs statements
 * that filter by it, so a query can only ever see that owner's rows. Values are passed as parameters, so that
 * PostgreSQL prepares each statement once.
 */
export class OwnedRepository<T extends OwnedEntity> {
  // TypeScript's `private` can be bypassed with brackets. `#` keeps features from running SQL of their own.
  readonly #queryable: Queryable;
  readonly #metadata: EntityMetadata;
  readonly #getListReader?: (ownerId: string) => Promise<OwnedRepository<T>>;
  readonly #table: string;
  readonly #columns: Map<string, ColumnMetadata>;
  readonly #selection: string;

  /** @param getListReader chooses the repository that reads an owner's lists: the primary or the replica. */
  constructor(
    queryable: Queryable,
    metadata: EntityMetadata,
    getListReader?: (ownerId: string) => Promise<OwnedRepository<T>>,
  ) {
    this.#queryable = queryable;
    this.#metadata = metadata;
    this.#getListReader = getListReader;
    this.#table = quote(metadata.tableName);
    this.#columns = new Map(metadata.columns.map((column) => [column.propertyName, column]));
    this.#selection = metadata.columns
      .filter((column) => column.isSelect)
      .map((column) => `${quote(column.databaseName)} AS ${quote(column.propertyName)}`)
      .join(', ');
  }

  /** Returns a repository that runs its statements in the transaction, or this one without a transaction. */
  withTransaction(transaction: Transaction | undefined): OwnedRepository<T> {
    return transaction ? new OwnedRepository<T>(getQueryable(transaction), this.#metadata) : this;
  }

  async findOne(ownerId: string, id: string): Promise<Versioned<Row<T>> | undefined> {
    return this.#queryOne({
      text: `SELECT ${this.#selection}, version FROM ${this.#table} WHERE owner_id = $1 AND id = $2`,
      parameters: [ownerId, id],
    });
  }

  /**
   * Returns one page by keyset pagination. An index serves the row comparison, so the last page is as fast as the first.
   * @throws ProblemException 400 if the cursor belongs to another list.
   */
  async findPage(ownerId: string, query: PageQuery<T>): Promise<Page<Row<T>>> {
    if (this.#getListReader) {
      return (await this.#getListReader(ownerId)).findPage(ownerId, query);
    }
    const list = JSON.stringify([this.#table, ownerId, query.sort, query.search, query.where]);
    const after = query.cursor === undefined ? undefined : decodeCursor(list, query.cursor);
    const column = this.#sortColumn(query.sort);
    if (after && !isSortValue(after.value, column)) {
      throw invalidCursor();
    }
    const rows: Row<T>[] = [];
    if (!column?.isNullable || after?.value !== null) {
      rows.push(...(await this.#findRange(ownerId, query, column, 'NOT NULL', after, query.limit + 1)));
    }
    if (column?.isNullable && rows.length <= query.limit) {
      const start = after?.value === null ? after : undefined;
      rows.push(
        ...(await this.#findRange(ownerId, query, column, 'NULL', start, query.limit + 1 - rows.length)),
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
    const [names, parameters] = this.#toColumns(values);
    const columns = ['owner_id', 'id', 'created_at', 'updated_at', ...names];
    const placeholders = names.map((_, index) => `, $${index + 4}`).join('');
    const versioned = await this.#queryOne({
      text:
        `INSERT INTO ${this.#table} (${columns.join(', ')}) VALUES ($1, $2, $3, $3${placeholders}) ` +
        `RETURNING ${this.#selection}, version`,
      parameters: [ownerId, id, createdAt, ...parameters],
    });
    return versioned!;
  }

  /**
   * Updates the given properties in one atomic statement. Without any, the row keeps its version.
   * @returns undefined if the owner has no row with this id, or its version is not one of `expectedVersions`.
   */
  async update(
    ownerId: string,
    id: string,
    changes: Values<T>,
    expectedVersions?: number[],
  ): Promise<Versioned<Row<T>> | undefined> {
    const [names, parameters] = this.#toColumns(changes);
    if (names.length === 0) {
      const current = await this.findOne(ownerId, id);
      return current && (!expectedVersions || expectedVersions.includes(current.version))
        ? current
        : undefined;
    }
    const assignments = names.map((name, index) => `${name} = $${index + 5}`).join(', ');
    return this.#queryOne({
      text:
        `UPDATE ${this.#table} SET version = version + 1, updated_at = $3, ${assignments} ` +
        `WHERE owner_id = $1 AND id = $2 AND ($4::integer[] IS NULL OR version = ANY ($4)) ` +
        `RETURNING ${this.#selection}, version`,
      parameters: [ownerId, id, new Date().toISOString(), expectedVersions ?? null, ...parameters],
    });
  }

  /** @returns false if the owner has no row with this id, or its version is not one of `expectedVersions`. */
  async remove(ownerId: string, id: string, expectedVersions?: number[]): Promise<boolean> {
    const removed = await this.#queryOne({
      text:
        `DELETE FROM ${this.#table} WHERE owner_id = $1 AND id = $2 ` +
        `AND ($3::integer[] IS NULL OR version = ANY ($3)) RETURNING version`,
      parameters: [ownerId, id, expectedVersions ?? null],
    });
    return removed !== undefined;
  }

  /** A list sorted by a nullable column has two ranges: first the rows with a value, then the rows without one. */
  async #findRange(
    ownerId: string,
    query: PageQuery<T>,
    column: ColumnMetadata | undefined,
    range: 'NOT NULL' | 'NULL',
    after: Position | undefined,
    limit: number,
  ): Promise<Row<T>[]> {
    const parameters: unknown[] = [ownerId];
    const addParameter = (value: unknown) => `$${parameters.push(value)}`;
    const descending = query.sort.startsWith('-');
    const conditions = ['owner_id = $1', ...this.#filters(query, addParameter)];
    const keys = column ? [quote(column.databaseName), 'id'] : ['id'];
    if (column?.isNullable) {
      conditions.push(`${keys[0]} IS ${range}`);
    }
    if (after) {
      const values = column && range === 'NOT NULL' ? [after.value, after.id] : [after.id];
      const compared = keys.slice(-values.length);
      conditions.push(
        `(${compared.join(', ')}) ${descending ? '<' : '>'} (${values.map(addParameter).join(', ')})`,
      );
    }
    // The NULL range is sorted by the column too, so that PostgreSQL chooses the same index.
    const order = keys.map((key) => `${key} ${descending ? 'DESC' : 'ASC'}`).join(', ');
    try {
      return await this.#queryable.query(
        `SELECT ${this.#selection} FROM ${this.#table} WHERE ${conditions.join(' AND ')} ORDER BY ${order} ` +
          `LIMIT ${addParameter(limit)}`,
        parameters,
      );
    } catch (error) {
      // SQLSTATE class 22: a forged cursor contains a value that the column's type cannot represent, such as a date
      // that does not exist.
      if (after && (error as { code?: string }).code?.startsWith('22')) {
        throw invalidCursor();
      }
      throw error;
    }
  }

  /** Booleans are written into the statement, so that PostgreSQL can use a partial index. */
  #filters(query: PageQuery<T>, addParameter: (value: unknown) => string): string[] {
    const filters: string[] = [];
    for (const [property, value] of Object.entries(query.where ?? {})) {
      if (value !== undefined) {
        const name = quote(this.#column(property).databaseName);
        filters.push(
          typeof value === 'boolean' ? `${value ? '' : 'NOT '}${name}` : `${name} = ${addParameter(value)}`,
        );
      }
    }
    if (query.search) {
      const pattern = addParameter(`%${query.search.replace(/[\\%_]/g, String.raw`\$&`)}%`);
      const matches = (query.searchIn ?? []).map(
        (property) =>
          `${lowerCase(quote(this.#column(property).databaseName))} LIKE ${lowerCase(`${pattern}::text`)}`,
      );
      filters.push(`(${matches.join(' OR ')})`);
    }
    return filters;
  }

  /** Returns the column names and the values of all defined properties. */
  #toColumns(values: Values<T>): [names: string[], parameters: unknown[]] {
    const defined = Object.entries(values).filter(([, value]) => value !== undefined);
    return [
      defined.map(([property]) => quote(this.#column(property).databaseName)),
      defined.map(([, value]) => value),
    ];
  }

  /** Returns undefined for `createdAt`: ids are in creation order, so the primary key serves it. */
  #sortColumn(sort: string): ColumnMetadata | undefined {
    const property = sort.replace(/^-/, '');
    return property === 'createdAt' ? undefined : this.#column(property);
  }

  #column(property: string): ColumnMetadata {
    const column = this.#columns.get(property);
    if (!column?.isSelect) {
      throw new TypeError(`${this.#metadata.name} has no selectable property "${property}".`);
    }
    return column;
  }

  async #queryOne({ text, parameters }: Statement): Promise<Versioned<Row<T>> | undefined> {
    const [record] = await this.#queryable.query(text, parameters);
    if (!record) {
      return undefined;
    }
    const { version, ...row } = record;
    return new Versioned<Row<T>>(row, version);
  }
}

const quote = (name: string) => `"${name}"`;

/** The explicit collation is needed because `lower()` converts only ASCII letters in a database with the C locale. */
const lowerCase = (expression: string) => `lower(${expression} COLLATE "und-x-icu")`;

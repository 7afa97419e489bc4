import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { v7 as uuidv7 } from 'uuid';
import { decodeCursor, encodeCursor, invalidCursor, isSortValue, type Position } from './keyset-cursor.js';
import type { OwnedEntity } from './owned.entity.js';
import { bytesOf, hasVariableSize, type OwnerQuota } from './owner-quota.js';
import {
  getQueryable,
  isStatementTimeout,
  type Queryable,
  type Rows,
  type SearchOptions,
  type Transaction,
} from './queryable.js';

/** The properties of an entity that read other rows. Only queries in an owner scope do. */
type Relations<T> = {
  [P in keyof T]-?: NonNullable<T[P]> extends OwnedEntity | OwnedEntity[] ? P : never;
}[keyof T];

/** A row as the api returns it. */
export type Row<T extends OwnedEntity> = Omit<T, 'ownerId' | 'version' | Relations<T>>;

/** The columns that a feature can write: all columns declared by its own entity class. */
export type Values<T extends OwnedEntity> = Partial<Omit<T, keyof OwnedEntity | Relations<T>>>;

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

/** The part of a list with or without a value in a nullable sort column, between two positions. */
interface Range {
  column: ColumnMetadata | undefined;
  nulls: 'NOT NULL' | 'NULL';
  after?: Position;
  /** The last position of the range. */
  upTo?: Position;
}

interface FoundRows<T extends OwnedEntity> {
  rows: Row<T>[];
  /** Set if a search ran out of time: it has examined the list up to this position. */
  stoppedAt?: Position;
}

/** Most searches take less than 50 ms. A slower one is repeated in steps, each of which examines few rows. */
const SEARCH_TIMEOUT_MS = 300;
const SEARCH_STEP_ROWS = 250;
const SEARCH_STEP_TIMEOUT_MS = 500;
/** A search begins no further step after this time. */
const SEARCH_MS = 800;

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
  readonly #quota?: OwnerQuota;
  readonly #columns: Map<string, ColumnMetadata>;
  readonly #selection: string;
  /** An expression for the bytes of a row that count towards the quota. */
  readonly #rowBytes: string;

  /** @param getListReader chooses the repository that reads an owner's lists: the primary or the replica. */
  constructor(
    queryable: Queryable,
    metadata: EntityMetadata,
    getListReader?: (ownerId: string) => Promise<OwnedRepository<T>>,
    quota?: OwnerQuota,
  ) {
    this.#queryable = queryable;
    this.#quota = quota?.isEnabled ? quota : undefined;
    this.#metadata = metadata;
    this.#getListReader = getListReader;
    this.#table = quote(metadata.tableName);
    this.#columns = new Map(metadata.columns.map((column) => [column.propertyName, column]));
    this.#rowBytes = bytesOf(metadata.columns);
    this.#selection = metadata.columns
      .filter((column) => column.isSelect)
      .map((column) => `${quote(column.databaseName)} AS ${quote(column.propertyName)}`)
      .join(', ');
  }

  /** Returns a repository that runs its statements in the transaction, or this one without a transaction. */
  withTransaction(transaction: Transaction | undefined): OwnedRepository<T> {
    return transaction
      ? new OwnedRepository<T>(getQueryable(transaction), this.#metadata, undefined, this.#quota)
      : this;
  }

  async findOne(ownerId: string, id: string): Promise<Versioned<Row<T>> | undefined> {
    return this.#queryOne({
      text: `SELECT ${this.#selection}, version FROM ${this.#table} WHERE owner_id = $1 AND id = $2`,
      parameters: [ownerId, id],
    });
  }

  /**
   * Returns one page by keyset pagination. An index serves the row comparison, so the last page is as fast as the first.
   * If a search would take too long, the page ends early and may be empty; `nextCursor` continues the search.
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
    const deadline = performance.now() + SEARCH_MS;
    const addRows = async (range: Range) => {
      const found = await this.#findRows(ownerId, query, range, query.limit + 1 - rows.length, deadline);
      rows.push(...found.rows);
      return found.stoppedAt;
    };
    let stoppedAt: Position | undefined;
    if (!column?.isNullable || after?.value !== null) {
      stoppedAt = await addRows({ column, nulls: 'NOT NULL', after });
    }
    if (column?.isNullable && !stoppedAt && rows.length <= query.limit) {
      stoppedAt = await addRows({ column, nulls: 'NULL', after: after?.value === null ? after : undefined });
    }
    if (stoppedAt) {
      return { items: rows, nextCursor: encodeCursor(list, stoppedAt) };
    }
    if (rows.length <= query.limit) {
      return { items: rows, nextCursor: null };
    }
    const items = rows.slice(0, query.limit);
    return { items, nextCursor: encodeCursor(list, this.#positionOf(items.at(-1)!, column)) };
  }

  /** @throws ConflictException if the owner's quota is used up. */
  async insert(ownerId: string, values: Values<T>): Promise<Versioned<Row<T>>> {
    const id = uuidv7();
    const createdAt = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
    const [names, parameters] = this.#toColumns(values);
    const columns = ['owner_id', 'id', 'created_at', 'updated_at', ...names];
    const placeholders = names.map((_, index) => `, $${index + 4}`).join('');
    const all = [ownerId, id, createdAt, ...parameters];
    const version = this.#chargedVersion(1, this.#rowBytes, all);
    const versioned = await this.#queryOne({
      text:
        `INSERT INTO ${this.#table} (${columns.join(', ')}) VALUES ($1, $2, $3, $3${placeholders}) ` +
        `RETURNING ${this.#selection}, ${version}`,
      parameters: all,
    });
    return versioned!;
  }

  /**
   * Updates the given properties in one atomic statement. Without any, the row keeps its version.
   * @returns undefined if the owner has no row with this id, or its version is not one of `expectedVersions`.
   * @throws ConflictException if the owner's quota is used up.
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
    const all = [ownerId, id, new Date().toISOString(), expectedVersions ?? null, ...parameters];
    const resized = Object.entries(changes)
      .filter(([, value]) => value !== undefined)
      .map(([property]) => this.#column(property))
      .filter(hasVariableSize);
    let version = 'version';
    let before = '';
    if (this.#quota && resized.length > 0) {
      const bytes = bytesOf(resized);
      version = this.#chargedVersion(0, `${bytes} - bytes_before`, all);
      // Locked, so that a concurrent update can't count the same bytes again.
      before =
        `FROM (SELECT ${bytes} AS bytes_before FROM ${this.#table} ` +
        `WHERE owner_id = $1 AND id = $2 FOR UPDATE) AS before `;
    }
    return this.#queryOne({
      text:
        `UPDATE ${this.#table} SET version = version + 1, updated_at = $3, ${assignments} ${before}` +
        `WHERE owner_id = $1 AND id = $2 AND ($4::integer[] IS NULL OR version = ANY ($4)) ` +
        `RETURNING ${this.#selection}, ${version}`,
      parameters: all,
    });
  }

  /** @returns false if the owner has no row with this id, or its version is not one of `expectedVersions`. */
  async remove(ownerId: string, id: string, expectedVersions?: number[]): Promise<boolean> {
    const parameters = [ownerId, id, expectedVersions ?? null];
    const version = this.#chargedVersion(-1, `-${this.#rowBytes}`, parameters);
    const removed = await this.#queryOne({
      text:
        `DELETE FROM ${this.#table} WHERE owner_id = $1 AND id = $2 ` +
        `AND ($3::integer[] IS NULL OR version = ANY ($3)) RETURNING ${version}`,
      parameters,
    });
    return removed !== undefined;
  }

  async #findRows(
    ownerId: string,
    query: PageQuery<T>,
    range: Range,
    limit: number,
    deadline: number,
  ): Promise<FoundRows<T>> {
    const statement = this.#selectRows(ownerId, query, range, limit);
    if (!query.search || !this.#queryable.search) {
      return { rows: await this.#queryRange(range, statement) };
    }
    try {
      const options = { timeoutMs: SEARCH_TIMEOUT_MS, useTextIndex: true };
      return { rows: await this.#queryRange(range, statement, options) };
    } catch (error) {
      if (!isStatementTimeout(error)) {
        throw error;
      }
      return this.#searchInSteps(ownerId, query, range, limit, deadline);
    }
  }

  /** Searches a bounded number of rows at a time, until enough are found or the time is over. */
  async #searchInSteps(
    ownerId: string,
    query: PageQuery<T>,
    { column, nulls, after: start }: Range,
    limit: number,
    deadline: number,
  ): Promise<FoundRows<T>> {
    const options = { timeoutMs: SEARCH_STEP_TIMEOUT_MS, useTextIndex: false };
    const rows: Row<T>[] = [];
    let after = start;
    for (;;) {
      const upTo = await this.#findStepEnd(ownerId, query, { column, nulls, after });
      const step: Range = { column, nulls, after, upTo };
      const statement = this.#selectRows(ownerId, query, step, limit - rows.length);
      rows.push(...(await this.#queryRange(step, statement, options)));
      if (!upTo || rows.length === limit) {
        return { rows };
      }
      if (performance.now() > deadline) {
        return { rows, stoppedAt: upTo };
      }
      after = upTo;
    }
  }

  /** Returns the position of the last row of the next step, or undefined if the range has no more rows than that. */
  async #findStepEnd(ownerId: string, query: PageQuery<T>, range: Range): Promise<Position | undefined> {
    const { column } = range;
    const { conditions, parameters, order } = this.#conditions(
      ownerId,
      { ...query, search: undefined },
      range,
    );
    const value = column ? `, ${quote(column.databaseName)} AS ${quote(column.propertyName)}` : '';
    const [row] = await this.#queryRange(range, {
      text:
        `SELECT id${value} FROM ${this.#table} WHERE ${conditions} ORDER BY ${order} ` +
        `OFFSET ${SEARCH_STEP_ROWS - 1} LIMIT 1`,
      parameters,
    });
    return row && this.#positionOf(row, column);
  }

  #selectRows(ownerId: string, query: PageQuery<T>, range: Range, limit: number): Statement {
    const { conditions, parameters, order } = this.#conditions(ownerId, query, range);
    return {
      text:
        `SELECT ${this.#selection} FROM ${this.#table} WHERE ${conditions} ORDER BY ${order} ` +
        `LIMIT $${parameters.push(limit)}`,
      parameters,
    };
  }

  #conditions(ownerId: string, query: PageQuery<T>, { column, nulls, after, upTo }: Range) {
    const parameters: unknown[] = [ownerId];
    const addParameter = (value: unknown) => `$${parameters.push(value)}`;
    const descending = query.sort.startsWith('-');
    const conditions = ['owner_id = $1', ...this.#filters(query, addParameter)];
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

  async #queryRange(
    { after }: Range,
    { text, parameters }: Statement,
    search?: SearchOptions,
  ): Promise<Rows> {
    try {
      return await (search
        ? this.#queryable.search!(text, parameters, search)
        : this.#queryable.query(text, parameters));
    } catch (error) {
      // SQLSTATE class 22: a forged cursor contains a value that the column's type cannot represent, such as a date
      // that does not exist.
      if (after && (error as { code?: string }).code?.startsWith('22')) {
        throw invalidCursor();
      }
      throw error;
    }
  }

  #positionOf(row: Row<T>, column: ColumnMetadata | undefined): Position {
    const values = row as Row<T> & Pick<OwnedEntity, 'id'> & Record<string, Position['value']>;
    return { value: column ? values[column.propertyName]! : null, id: values.id };
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

  #chargedVersion(rows: number, bytes: string, parameters: unknown[]): string {
    return this.#quota?.chargedVersion(rows, bytes, (value) => `$${parameters.push(value)}`) ?? 'version';
  }

  async #queryOne({ text, parameters }: Statement): Promise<Versioned<Row<T>> | undefined> {
    let record;
    try {
      [record] = await this.#queryable.query(text, parameters);
    } catch (error) {
      throw this.#quota?.toException(error) ?? error;
    }
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

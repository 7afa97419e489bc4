import type { EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { getType } from './column-type.js';
import { getCurrentScope } from './current-scope.js';
import { decodeCursor, encodeCursor, invalidCursor, isSortValue, type Position } from './keyset-cursor.js';
import type { OwnedEntity } from './owned.entity.js';
import {
  OwnedStatements,
  type PageQuery,
  type Range,
  type Relations,
  type Statement,
  statedConditions,
  type Values,
  type Where,
} from './owned-statements.js';
import type { OwnerQuota } from './owner-quota.js';
import {
  getQueryable,
  isStatementTimeout,
  type Queryable,
  type Rows,
  type SearchOptions,
  type Transaction,
} from './queryable.js';
import type { Transactions } from './transactions.js';

export type { PageQuery, Sort, Values, Where } from './owned-statements.js';

/** A row as the api returns it. */
export type Row<T extends OwnedEntity> = Omit<T, 'ownerId' | 'version' | Relations<T>>;

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

interface FoundRows<T extends OwnedEntity> {
  rows: Row<T>[];
  /** Set if a search ran out of time: it has examined the list up to this position. */
  stoppedAt?: Position;
}

/** Most searches take less than 50 ms. A slower one is repeated in steps, each of which examines few rows. */
const SEARCH_TIMEOUT_MS = 300;
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
  readonly #quota?: OwnerQuota;
  readonly #transactions?: Transactions;
  readonly #statements: OwnedStatements<T>;

  /**
   * @param getListReader chooses the repository that reads an owner's lists: the primary or the replica.
   * @param transactions for writes of several statements. Undefined if the repository runs in a transaction.
   */
  constructor(
    queryable: Queryable,
    metadata: EntityMetadata,
    getListReader?: (ownerId: string) => Promise<OwnedRepository<T>>,
    quota?: OwnerQuota,
    transactions?: Transactions,
  ) {
    this.#queryable = queryable;
    this.#transactions = transactions;
    this.#quota = quota?.isEnabled ? quota : undefined;
    this.#metadata = metadata;
    this.#getListReader = getListReader;
    this.#statements = new OwnedStatements<T>(metadata, this.#quota);
  }

  /** Returns a repository that runs its statements in the transaction, or this one without a transaction. */
  withTransaction(transaction: Transaction | undefined): OwnedRepository<T> {
    return transaction
      ? new OwnedRepository<T>(getQueryable(transaction), this.#metadata, undefined, this.#quota)
      : this;
  }

  /**
   * Returns a row by its id, or by other conditions that only one row meets, such as the columns of a unique constraint.
   */
  async findOne(ownerId: string, key: string | Where<T>): Promise<Versioned<Row<T>> | undefined> {
    return this.#queryOne(this.#statements.selectOne(ownerId, key));
  }

  /** Returns whether the owner has a row that meets the conditions. */
  async exists(ownerId: string, where: Where<T>): Promise<boolean> {
    const rows = await this.#queryRange({}, this.#statements.exists(ownerId, where));
    return rows.length > 0;
  }

  /**
   * Counts the rows that meet the conditions, up to `max`. PostgreSQL stops after `max` of them, so give the conditions
   * an index, as for a list.
   */
  async count(ownerId: string, where: Where<T>, { max }: { max: number }): Promise<number> {
    if (this.#getListReader) {
      return (await this.#getListReader(ownerId)).count(ownerId, where, { max });
    }
    const [{ count }] = await this.#queryRange({}, this.#statements.count(ownerId, where, max));
    return count;
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
    const where = query.where && statedConditions(query.where);
    const list = JSON.stringify([this.#statements.table, ownerId, query.sort, query.search, where]);
    const after = query.cursor === undefined ? undefined : decodeCursor(list, query.cursor);
    const column = this.#statements.sortColumn(query.sort);
    // A condition on the sort column other than null leaves no row without a value.
    const hasNulls = column?.isNullable === true && (where?.[column.propertyName] ?? null) === null;
    if (after && !isSortValue(after.value, column && { type: getType(column), isNullable: hasNulls })) {
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
    if (hasNulls && !stoppedAt && rows.length <= query.limit) {
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
  insert(ownerId: string, values: Values<T>): Promise<Versioned<Row<T>>>;
  /** @returns undefined if the owner already has a row with the same values in a unique constraint. */
  insert(
    ownerId: string,
    values: Values<T>,
    options: { onConflict: 'ignore' },
  ): Promise<Versioned<Row<T>> | undefined>;
  async insert(
    ownerId: string,
    values: Values<T>,
    { onConflict }: { onConflict?: 'ignore' } = {},
  ): Promise<Versioned<Row<T>> | undefined> {
    const linkedIds = this.#statements.linkedIdsIn(values).filter(([, ids]) => ids.length > 0);
    return this.#write(ownerId, linkedIds, (repository) =>
      repository.#queryOne(this.#statements.insert(ownerId, values, onConflict)),
    );
  }

  /**
   * Updates the given properties atomically. Without any, the row keeps its version.
   * @param key The id, or the id and conditions that the row must meet.
   * @param changes The new values, or a function that returns them for the current row, which is locked.
   * @returns undefined if the owner has no such row, or its version is not one of `expectedVersions`.
   * @throws ConflictException if the owner's quota is used up.
   */
  async update(
    ownerId: string,
    key: string | (Where<T> & { id: string }),
    changes: Values<T> | ((row: Row<T>) => Values<T>),
    expectedVersions?: number[],
  ): Promise<Versioned<Row<T>> | undefined> {
    if (typeof changes === 'function') {
      return this.#inTransaction(ownerId, async (repository) => {
        await repository.#query(this.#statements.lock(ownerId, typeof key === 'string' ? key : key.id));
        const current = await repository.findOne(ownerId, key);
        return current && repository.update(ownerId, key, changes(current.row), expectedVersions);
      });
    }
    const statement = this.#statements.update(ownerId, key, changes, expectedVersions);
    if (statement) {
      return this.#write(ownerId, this.#statements.linkedIdsIn(changes), (repository) =>
        repository.#queryOne(statement),
      );
    }
    const current = await this.findOne(ownerId, key);
    return current && (!expectedVersions || expectedVersions.includes(current.version)) ? current : undefined;
  }

  /** @returns false if the owner has no row with this id, or its version is not one of `expectedVersions`. */
  async remove(ownerId: string, id: string, expectedVersions?: number[]): Promise<boolean> {
    const removed = await this.#queryOne(this.#statements.remove(ownerId, id, expectedVersions));
    return removed !== undefined;
  }

  async #findRows(
    ownerId: string,
    query: PageQuery<T>,
    range: Range,
    limit: number,
    deadline: number,
  ): Promise<FoundRows<T>> {
    const statement = this.#statements.selectRows(ownerId, query, range, limit);
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
      const statement = this.#statements.selectRows(ownerId, query, step, limit - rows.length);
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
    const [row] = await this.#queryRange(range, this.#statements.selectStepEnd(ownerId, query, range));
    return row && this.#positionOf(row, range.column);
  }

  async #queryRange(
    { after }: Pick<Range, 'after'>,
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

  /** Writes a row, and then the linked ids in the same transaction. */
  async #write(
    ownerId: string,
    linkedIds: [property: string, ids: string[]][],
    writeRow: (repository: OwnedRepository<T>) => Promise<Versioned<Row<T>> | undefined>,
  ): Promise<Versioned<Row<T>> | undefined> {
    if (linkedIds.length === 0) {
      return writeRow(this);
    }
    return this.#inTransaction(ownerId, async (repository) => {
      const written = await writeRow(repository);
      if (!written) {
        return undefined;
      }
      const { id } = written.row as Pick<OwnedEntity, 'id'>;
      // The row is locked, so these statements see what other transactions have linked to it.
      for (const [property, ids] of linkedIds) {
        for (const statement of this.#statements.setLinkedIds(ownerId, id, property, ids)) {
          await repository.#query(statement);
        }
      }
      return repository.findOne(ownerId, id);
    });
  }

  /** Runs work in a new transaction, unless this repository already runs in one or in a scope. */
  async #inTransaction<R>(ownerId: string, work: (repository: OwnedRepository<T>) => Promise<R>): Promise<R> {
    return !this.#transactions || getCurrentScope()
      ? work(this)
      : this.#transactions.run(ownerId, (transaction) => work(this.withTransaction(transaction)));
  }

  async #query({ text, parameters }: Statement): Promise<Rows> {
    try {
      return await this.#queryable.query(text, parameters);
    } catch (error) {
      throw this.#quota?.toException(error) ?? error;
    }
  }

  async #queryOne(statement: Statement): Promise<Versioned<Row<T>> | undefined> {
    const [record] = await this.#query(statement);
    if (!record) {
      return undefined;
    }
    const { version, ...row } = record;
    return new Versioned<Row<T>>(row, version);
  }
}

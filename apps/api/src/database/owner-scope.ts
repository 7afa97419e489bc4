import { Injectable, Logger, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { isReadOnlyError } from '@app/server/postgres';
import pg, { type Pool, type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { type CurrentScope, getCurrentScope, runInScope } from './current-scope.js';
import { STATEMENT_TIMEOUT_MS } from './data-source.options.js';
import { OwnerQuota } from './owner-quota.js';
import { assertPoliciesAreComplete } from './owner-policies.js';
import {
  assertTransactionIsOpen,
  getPool,
  getTransactionState,
  type Rows,
  runInTransaction,
  type Transaction,
} from './queryable.js';
import { ReadReplica } from './read-replica.js';
import {
  assertAllowedInScope,
  createScopedManager,
  detachMetadata,
  type ScopedManager,
} from './scoped-manager.js';

export type { ScopedManager } from './scoped-manager.js';

/** A scope that runs no statement for this time is closed, so that it doesn't keep its connection and locks. */
const IDLE_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_ERROR = '25P03';
/** Also restores the role, the owner and the other settings. */
const ROLL_BACK_SCOPE = 'ROLLBACK TO SAVEPOINT owner_scope';
const READ_ONLY = 'The scope is read-only. Open it without `readOnly`.';

export interface ScopeOptions {
  /** Reads only, on the replica if it is fresh enough. */
  readOnly?: boolean;
  /** Runs in this transaction of `IdempotencyService` instead of a new one. */
  transaction?: Transaction;
}

/**
 * Runs any query on the rows of one owner. The transaction has a role that is subject to row-level security: PostgreSQL
 * itself shows and accepts only rows of this owner, whatever the statement says.
 */
@Injectable()
export class OwnerScope implements OnApplicationBootstrap {
  readonly #dataSource: DataSource;
  readonly #pool: Pool;
  readonly #limiter: ConnectionLimiter;
  readonly #quota: OwnerQuota;
  readonly #replica?: ReadReplica;
  readonly #logger = new Logger(OwnerScope.name);
  #role = '';

  constructor(
    dataSource: DataSource,
    limiter: ConnectionLimiter,
    quota: OwnerQuota,
    @Optional() replica?: ReadReplica,
  ) {
    this.#dataSource = dataSource;
    this.#pool = getPool(dataSource);
    this.#limiter = limiter;
    this.#quota = quota;
    this.#replica = replica;
  }

  /** @throws Error if a table has no policy, so that the app does not start. */
  async onApplicationBootstrap(): Promise<void> {
    detachMetadata(this.#dataSource);
    this.#role = pg.escapeIdentifier(await assertPoliciesAreComplete(this.#dataSource));
  }

  /**
   * Commits when `work` resolves and rolls back when it rejects. Owned repositories and further calls of `run` inside of
   * `work` use the same transaction. Await every statement.
   * @throws ServiceUnavailableException if the owner's other requests occupy all connections, or `work` waits for
   * something else than the database for more than 5 s.
   * @throws ConflictException if the owner's quota is used up.
   */
  async run<R>(
    ownerId: string,
    work: (manager: ScopedManager) => Promise<R>,
    { readOnly = false, transaction }: ScopeOptions = {},
  ): Promise<R> {
    if (!ownerId) {
      throw new TypeError('The id of the owner is missing.');
    }
    const current = getCurrentScope() as Scope | undefined;
    if (current) {
      return current.join(ownerId, readOnly, work);
    }
    const caller = new Error('Called here');
    try {
      return transaction
        ? await this.#runInTransaction(ownerId, work, readOnly, transaction)
        : await this.#runInNewTransaction(ownerId, work, readOnly);
    } catch (error) {
      if ((error as { code?: string }).code === IDLE_TIMEOUT_ERROR) {
        this.#logger.warn(
          `A scope waited for something else than the database for ${IDLE_TIMEOUT_MS / 1_000} s and was closed. ` +
            `Do such work before or after it. ${describeCaller(caller)}`,
        );
      }
      throw this.#quota.toException(error);
    }
  }

  async #runInNewTransaction<R>(
    ownerId: string,
    work: (manager: ScopedManager) => Promise<R>,
    readOnly: boolean,
  ): Promise<R> {
    const begin = `BEGIN ${readOnly ? 'READ ONLY' : 'READ WRITE'}; ${this.#enter(ownerId)}`;
    const runOn = (client: PoolClient) => this.#open(ownerId, readOnly, client).run(work);
    if (readOnly && (await this.#replica?.canServe(ownerId))) {
      const read = await this.#replica!.runInTransaction(ownerId, begin, runOn);
      if (read) {
        return read.result;
      }
    }
    return this.#limiter.run(ownerId, () => runInTransaction(this.#pool, begin, runOn));
  }

  async #runInTransaction<R>(
    ownerId: string,
    work: (manager: ScopedManager) => Promise<R>,
    readOnly: boolean,
    transaction: Transaction,
  ): Promise<R> {
    const state = getTransactionState(transaction);
    const { client } = state;
    assertSameOwner(ownerId, state.ownerId);
    assertTransactionIsOpen(state);
    if (state.hasOpenScope) {
      // The end of the first scope would also reset the role of the second one.
      throw new Error('Another scope is open in this transaction. Run its scopes one after the other.');
    }
    state.hasOpenScope = true;
    try {
      const mode = readOnly ? 'SET TRANSACTION READ ONLY; ' : '';
      await client.query(`SAVEPOINT owner_scope; ${mode}${this.#enter(ownerId)}`);
      const result = await this.#open(ownerId, readOnly, client, () => state.isOpen).run(work);
      await client.query(
        readOnly
          ? ROLL_BACK_SCOPE
          : `SET LOCAL ROLE NONE; SET LOCAL app.owner_id = ''; RELEASE SAVEPOINT owner_scope`,
      );
      return result;
    } catch (error) {
      if (state.isOpen) {
        await client.query(ROLL_BACK_SCOPE).catch(() => {});
      }
      throw error;
    } finally {
      state.hasOpenScope = false;
    }
  }

  #open(ownerId: string, readOnly: boolean, client: PoolClient, isTransactionOpen = () => true): Scope {
    return new Scope(this.#dataSource, ownerId, readOnly, client, isTransactionOpen);
  }

  /** All settings in one text, which is one round trip. They end with the transaction. */
  #enter(ownerId: string): string {
    const { maxRows, maxBytes } = this.#quota.options;
    const settings = {
      idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      'app.owner_id': ownerId,
      'app.owner_max_rows': maxRows || '',
      'app.owner_max_bytes': maxBytes || '',
    };
    return [
      `SET LOCAL ROLE ${this.#role}`,
      ...Object.entries(settings).map(
        ([name, value]) => `SET LOCAL ${name} = ${pg.escapeLiteral(String(value))}`,
      ),
    ].join('; ');
  }
}

/** One open transaction with the role and the owner set. */
class Scope implements CurrentScope {
  readonly manager: ScopedManager;
  readonly #isTransactionOpen: () => boolean;
  #hasEnded = false;
  /** The error of a joined `run`. The transaction can't commit half of its work. */
  #failure?: { error: unknown };
  /** The names of the open savepoints. */
  readonly #savepoints: string[] = [];
  #savepointCount = 0;

  constructor(
    dataSource: DataSource,
    readonly ownerId: string,
    readonly readOnly: boolean,
    readonly client: PoolClient,
    isTransactionOpen: () => boolean,
  ) {
    this.#isTransactionOpen = isTransactionOpen;
    const manager = createScopedManager(dataSource, (text, parameters) => this.#send(text, parameters));
    this.manager = Object.assign(manager, {
      savepoint: <R>(work: () => Promise<R>) => this.#savepoint(work),
    });
  }

  get isOpen(): boolean {
    return !this.#hasEnded && this.#isTransactionOpen();
  }

  async run<R>(work: (manager: ScopedManager) => Promise<R>): Promise<R> {
    try {
      const result = await runInScope(this, () => work(this.manager));
      // With `transaction`: the transaction may have ended first.
      this.#assertOpen();
      if (this.#savepoints.length > 0) {
        throw new Error('A savepoint is still open. Await every savepoint inside of the scope.');
      }
      if (this.#failure) {
        throw this.#failure.error;
      }
      return result;
    } finally {
      this.#hasEnded = true;
    }
  }

  async join<R>(
    ownerId: string,
    readOnly: boolean,
    work: (manager: ScopedManager) => Promise<R>,
  ): Promise<R> {
    assertSameOwner(ownerId, this.ownerId);
    if (this.readOnly && !readOnly) {
      throw new Error(READ_ONLY);
    }
    try {
      return await work(this.manager);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  async query(text: string, parameters?: unknown[]): Promise<Rows> {
    return (await this.#send(text, parameters)).rows;
  }

  async #send(text: unknown, parameters: unknown[] = []): Promise<pg.QueryResult> {
    assertAllowedInScope(text);
    this.#assertOpen();
    // Extended protocol: one text is one statement. Unnamed, because prepared statements belong to the fast path.
    const query = { text, values: parameters, queryMode: 'extended' } as pg.QueryConfig;
    return this.client.query(query).catch((error: unknown) => {
      // Without `readOnly`, it means that the server became a standby.
      throw this.readOnly && isReadOnlyError(error) ? new Error(READ_ONLY) : error;
    });
  }

  async #savepoint<R>(work: () => Promise<R>): Promise<R> {
    this.#assertOpen();
    const name = `scope_${(this.#savepointCount += 1)}`;
    const failure = this.#failure;
    this.#savepoints.push(name);
    try {
      await this.client.query(`SAVEPOINT ${name}`);
      const result = await work();
      this.#assertOpen();
      this.#assertInnermost(name);
      await this.client.query(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (error) {
      // After the end of the scope, the connection may run the transaction of another owner.
      this.#assertOpen();
      await this.client.query(`ROLLBACK TO SAVEPOINT ${name}`);
      this.#failure = failure;
      throw error;
    } finally {
      const index = this.#savepoints.indexOf(name);
      if (index !== -1) {
        this.#savepoints.splice(index);
      }
    }
  }

  #assertOpen(): void {
    if (!this.isOpen) {
      throw new Error('The scope has ended. Await every statement inside of it.');
    }
  }

  #assertInnermost(name: string): void {
    if (this.#savepoints.at(-1) !== name) {
      throw new Error('Savepoints are nested: await the inner one before the outer one ends.');
    }
  }
}

function assertSameOwner(ownerId: string, openFor: string): void {
  if (ownerId !== openFor) {
    throw new Error('A scope of another owner is open. Close it first: one transaction serves one owner.');
  }
}

/** Returns the line of the stack that called `run`. */
function describeCaller({ stack = '' }: Error): string {
  return stack.split('\n')[2]?.trim() ?? '';
}

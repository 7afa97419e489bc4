import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/server/postgres';
import pg from 'pg';
import { Counter } from 'prom-client';
import { ConnectionLimiter } from './connection-limiter.js';
import { type DatabaseOptions, dataSourceOptions } from './data-source.options.js';
import type { ResponseTimeoutOptions } from './postgres-client.js';
import {
  isStatementTimeout,
  limitPerOwner,
  type Queryable,
  queryPool,
  type Rows,
  runInTransaction,
  type SearchOptions,
} from './queryable.js';
import { MAX_REPLICATION_LAG_MS, RecentWrites } from './recent-writes.js';

const CHECK_INTERVAL_MS = 1_000;
// Short, so that there is time left to query the primary.
const CONNECTION_TIMEOUT_MS = 250;
const RESPONSE_TIMEOUT_MS = 750;

const listReads = new Counter({
  name: 'database_list_reads_total',
  help: 'Lists read, by server (primary or replica). Only counted if a replica is configured.',
  labelNames: ['server'],
});

/** A position in the primary's write-ahead log. All changes committed before `readAtMs` are at or before it. */
interface WalPosition {
  lsn: bigint;
  readAtMs: number;
}

/**
 * Runs statements on the replica, and decides which users' lists it can serve: none while it is down or more than 5 s
 * behind, and none of a user with a recent write. The replica is as fresh as the latest recorded WAL position that it
 * has replayed. This also works while the primary is idle, and while the replica is cut off from it.
 */
@Injectable()
export class ReadReplica implements Queryable, OnApplicationShutdown {
  private readonly logger = new Logger(ReadReplica.name);
  private readonly pool: pg.Pool;
  private readonly limiter: ConnectionLimiter;
  private readonly limitedPool: Queryable;
  private walPositions: WalPosition[] = [];
  /** All changes committed before this time are on the replica. */
  private freshAsOfMs = -Infinity;
  private inUse = false;
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    options: DatabaseOptions,
    private readonly primary: Queryable,
    private readonly writes: RecentWrites,
  ) {
    const { extra, poolSize } = dataSourceOptions(options);
    const config: pg.PoolConfig & ResponseTimeoutOptions = {
      ...(extra as object),
      connectionString: options.url,
      max: poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      responseTimeoutMs: RESPONSE_TIMEOUT_MS,
    };
    this.pool = new pg.Pool(config);
    // The pool replaces an idle connection that breaks. Without a listener, the event would end the process.
    this.pool.on('error', () => {});
    this.limiter = new ConnectionLimiter(poolSize);
    this.limitedPool = limitPerOwner(queryPool(this.pool), this.limiter);
    void this.check();
  }

  /** Returns whether the owner's lists can be read from the replica now. */
  async canServe(ownerId: string): Promise<boolean> {
    // The lag is checked again last: a write that has just expired in Redis is more than 5 s old, so a fresh replica
    // has replayed it.
    const can = this.isFresh() && !(await this.writes.hasRecentWrite(ownerId)) && this.isFresh();
    listReads.inc({ server: can ? 'replica' : 'primary' });
    return can;
  }

  /** Reads from the replica, or from the primary if the replica has become unavailable. */
  query(text: string, parameters: unknown[]): Promise<Rows> {
    return this.readFrom((server) => server.query(text, parameters), isDatabaseUnavailable);
  }

  /** A search that exceeds its time limit says nothing about the replica, so it isn't repeated on the primary. */
  search(text: string, parameters: unknown[], options: SearchOptions): Promise<Rows> {
    return this.readFrom(
      (server) => server.search!(text, parameters, options),
      (error) => isDatabaseUnavailable(error) && !isStatementTimeout(error),
    );
  }

  /**
   * Runs a read-only transaction on the replica.
   * @returns undefined if the replica was unavailable before the work began.
   */
  async runInTransaction<R>(
    ownerId: string,
    begin: string,
    work: (client: pg.PoolClient) => Promise<R>,
  ): Promise<{ result: R } | undefined> {
    let isStarted = false;
    try {
      const result = await this.limiter.run(ownerId, () =>
        runInTransaction(this.pool, begin, (client) => {
          isStarted = true;
          return work(client);
        }),
      );
      return { result };
    } catch (error) {
      if (!isDatabaseUnavailable(error) || isStatementTimeout(error)) {
        throw error;
      }
      this.freshAsOfMs = -Infinity;
      if (isStarted) {
        throw error;
      }
      return undefined;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pool.end();
  }

  private async readFrom(
    read: (server: Queryable) => Promise<Rows>,
    isUnavailable: (error: unknown) => boolean,
  ): Promise<Rows> {
    try {
      return await read(this.limitedPool);
    } catch (error) {
      if (!isUnavailable(error)) {
        throw error;
      }
      this.freshAsOfMs = -Infinity;
      return read(this.primary);
    }
  }

  private isFresh(): boolean {
    return performance.now() - this.freshAsOfMs < MAX_REPLICATION_LAG_MS;
  }

  private async check(): Promise<void> {
    let reason = 'it is more than 5 s behind';
    try {
      const readAtMs = performance.now();
      const [{ lsn }] = await this.primary.query('SELECT pg_current_wal_lsn() AS lsn');
      this.walPositions = [
        ...this.walPositions.slice(-MAX_REPLICATION_LAG_MS / CHECK_INTERVAL_MS),
        { lsn: parseLsn(lsn), readAtMs },
      ];
      const { rows } = await this.pool.query<{ lsn: string | null }>(
        'SELECT pg_last_wal_replay_lsn() AS lsn',
      );
      const replayed = rows[0]?.lsn;
      if (!replayed) {
        throw new Error('the server is not a replica');
      }
      const latest = this.walPositions.findLast((position) => position.lsn <= parseLsn(replayed));
      this.freshAsOfMs = Math.max(this.freshAsOfMs, latest?.readAtMs ?? -Infinity);
    } catch (error) {
      reason = (error as Error).message;
      this.freshAsOfMs = -Infinity;
      this.walPositions = [];
    }
    if (!this.stopped) {
      this.logChange(reason);
      this.timer = setTimeout(() => void this.check(), CHECK_INTERVAL_MS).unref();
    }
  }

  private logChange(reason: string): void {
    if (this.inUse === this.isFresh()) {
      return;
    }
    this.inUse = this.isFresh();
    if (this.inUse) {
      this.logger.log('Lists are read from the replica.');
    } else {
      this.logger.warn(`Lists are read from the primary; the replica is not used: ${reason}.`);
    }
  }
}

/** Converts a log sequence number such as `16/B374D848` to an integer. */
function parseLsn(text: string): bigint {
  const [high, low] = text.split('/').map((part) => BigInt(`0x${part}`)) as [bigint, bigint];
  return (high << 32n) + low;
}

import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { isDatabaseUnavailable } from '@app/server';
import pg from 'pg';
import { Counter } from 'prom-client';
import { type DatabaseOptions, dataSourceOptions } from './data-source.options.js';
import type { AnswerTimeLimit } from './postgres-client.js';
import type { Queryable, Rows } from './queryable.js';
import { CATCH_UP_MS, RecentWrites } from './recent-writes.js';

const CHECK_INTERVAL_MS = 1_000;
/** Short, so that there is time left to ask the primary. */
const CONNECTION_TIMEOUT_MS = 250;
const STATEMENT_TIMEOUT_MS = 750;

const reads = new Counter({
  name: 'database_list_reads_total',
  help: 'Lists by the server that they were read from, where there is a replica.',
  labelNames: ['server'],
});

/** A place in the primary's log (LSN), and when the primary had got there at the latest. */
interface Mark {
  place: bigint;
  at: number;
}

/**
 * Runs statements on the replica, and says whose lists it may serve: not while it is down or more than 5 s behind, and
 * not of those who have just written. The replica is known to be as new as the primary was at the last mark that it has replayed: an idle primary makes
 * it no older, and one that is cut off from its primary does not look new.
 */
@Injectable()
export class ReadReplica implements Queryable, OnApplicationShutdown {
  private readonly logger = new Logger(ReadReplica.name);
  private readonly pool: pg.Pool;
  private marks: Mark[] = [];
  private newAsOf = -Infinity;
  private used = false;
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    options: DatabaseOptions,
    private readonly primary: Queryable,
    private readonly writes: RecentWrites,
  ) {
    const { extra } = dataSourceOptions(options);
    const config: pg.PoolConfig & AnswerTimeLimit = {
      ...(extra as object),
      connectionString: options.url,
      max: options.poolSize,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      answerTimeoutMillis: STATEMENT_TIMEOUT_MS,
    };
    this.pool = new pg.Pool(config);
    // A connection that breaks while nobody uses it is replaced at the next statement.
    this.pool.on('error', () => {});
    void this.check();
  }

  /** Whether the lists of this owner may be read here now. */
  async mayServe(ownerId: string): Promise<boolean> {
    // Newness is looked at last: what was written over 5 s before the answer of `mayInclude` has been replayed then.
    const may = this.isNew() && !(await this.writes.mayInclude(ownerId)) && this.isNew();
    reads.inc({ server: may ? 'replica' : 'primary' });
    return may;
  }

  /** Reads from the replica, or from the primary where the replica has just gone. */
  async query(text: string, parameters?: unknown[]): Promise<Rows> {
    try {
      return (await this.pool.query(text, parameters)).rows;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) {
        throw error;
      }
      this.newAsOf = -Infinity;
      return this.primary.query(text, parameters);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pool.end();
  }

  private isNew(): boolean {
    return performance.now() - this.newAsOf < CATCH_UP_MS;
  }

  private async check(): Promise<void> {
    let reason = 'it is more than 5 s behind';
    try {
      const at = performance.now();
      const [{ place }] = await this.primary.query('SELECT pg_current_wal_lsn() AS place');
      this.marks = [...this.marks.slice(-CATCH_UP_MS / CHECK_INTERVAL_MS), { place: toPlace(place), at }];
      const { rows } = await this.pool.query<{ replayed: string | null }>(
        'SELECT pg_last_wal_replay_lsn() AS replayed',
      );
      const replayed = rows[0]?.replayed;
      if (!replayed) throw new Error('it is no replica');
      const passed = this.marks.findLast((mark) => mark.place <= toPlace(replayed));
      this.newAsOf = Math.max(this.newAsOf, passed?.at ?? -Infinity);
    } catch (error) {
      reason = (error as Error).message;
      this.newAsOf = -Infinity;
      this.marks = [];
    }
    if (!this.stopped) {
      this.report(reason);
      this.timer = setTimeout(() => void this.check(), CHECK_INTERVAL_MS).unref();
    }
  }

  private report(reason: string): void {
    if (this.used === this.isNew()) return;
    this.used = this.isNew();
    if (this.used) this.logger.log('Lists are read from the replica.');
    else this.logger.warn(`The replica is not used: ${reason}.`);
  }
}

/** `16/B374D848` as one number. */
function toPlace(lsn: string): bigint {
  const [high, low] = lsn.split('/').map((part) => BigInt(`0x${part}`)) as [bigint, bigint];
  return (high << 32n) + low;
}

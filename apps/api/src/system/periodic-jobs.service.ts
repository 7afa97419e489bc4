import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

const POLL_INTERVAL_MS = 30_000;
const RETRY_SECONDS = 60;

export interface JobOptions {
  /** Unique in the app. */
  name: string;
  periodSeconds: number;
  /** When a period begins, after midnight UTC. Default: 0. */
  offsetSeconds?: number;
  /** Longer than the work takes: another process then assumes that this one died, and repeats it. Default: 300. */
  leaseSeconds?: number;
}

/**
 * Runs jobs once per period, in one of the processes. A failed or interrupted job is repeated, so its work must be
 * idempotent.
 */
@Injectable()
export class PeriodicJobs implements OnApplicationShutdown {
  readonly #dataSource: DataSource;
  readonly #logger = new Logger(PeriodicJobs.name);
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<string, Promise<void>>();

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) {
      clearInterval(timer);
    }
    await Promise.all(this.#running.values());
  }

  /** Starts a job. Call it in `onApplicationBootstrap`. */
  schedule(options: JobOptions, work: () => Promise<void>): void {
    const run = () => {
      if (!this.#running.has(options.name)) {
        const running = this.#runLogged(options, work).finally(() => this.#running.delete(options.name));
        this.#running.set(options.name, running);
      }
    };
    this.#timers.push(setInterval(run, POLL_INTERVAL_MS).unref());
    run();
  }

  /**
   * Runs the work unless it has run in this period, or another process is running it.
   * @returns whether it ran.
   * @throws The error of the work. It is repeated after a minute.
   */
  async runOnce(options: JobOptions, work: () => Promise<void>): Promise<boolean> {
    const { name, periodSeconds, offsetSeconds = 0, leaseSeconds = 300 } = options;
    const periods = Math.floor((Date.now() / 1_000 - offsetSeconds) / periodSeconds);
    const periodStart = new Date((periods * periodSeconds + offsetSeconds) * 1_000).toISOString();
    const leased = await this.#dataSource.query<unknown[]>(
      `INSERT INTO periodic_jobs AS job (name, period_start, leased_until)
       VALUES ($1, $2, now() + make_interval(secs => $3))
       ON CONFLICT (name) DO UPDATE
       SET period_start = excluded.period_start, leased_until = excluded.leased_until, finished_at = NULL
       WHERE job.leased_until <= now() AND (job.period_start < excluded.period_start OR job.finished_at IS NULL)
       RETURNING name`,
      [name, periodStart, leaseSeconds],
    );
    if (leased.length === 0) {
      return false;
    }
    try {
      await work();
    } catch (error) {
      await this.#release(name, periodStart, RETRY_SECONDS);
      throw error;
    }
    await this.#release(name, periodStart, 0, true);
    return true;
  }

  async #release(name: string, periodStart: string, waitSeconds: number, isFinished = false): Promise<void> {
    await this.#dataSource.query(
      `UPDATE periodic_jobs SET leased_until = now() + make_interval(secs => $3),
         finished_at = CASE WHEN $4 THEN now() END
       WHERE name = $1 AND period_start = $2`,
      [name, periodStart, waitSeconds, isFinished],
    );
  }

  async #runLogged(options: JobOptions, work: () => Promise<void>): Promise<void> {
    try {
      if (await this.runOnce(options, work)) {
        this.#logger.log(`The job ${options.name} is finished.`);
      }
    } catch (error) {
      this.#logger.error(
        `The job ${options.name} failed. Retrying in ${RETRY_SECONDS} s.`,
        (error as Error).stack,
      );
    }
  }
}

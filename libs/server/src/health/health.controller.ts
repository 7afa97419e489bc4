import { Controller, Get, Header, Inject, Logger, SetMetadata } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { Shutdown } from '../http/shutdown.js';
import { ProblemException } from '../problem/problem.exception.js';

const CHECK_TIMEOUT_MS = 2_000;
/** Probes within this time share one result, because anyone may send any number of them. */
const RESULT_LIFETIME_MS = 1_000;

/** Readiness checks by dependency name. A check resolves while its dependency is up. */
export type ReadinessChecks = Record<string, () => Promise<unknown>>;

export const READINESS_CHECKS = Symbol('readiness checks');
export const SHUTDOWN = Symbol('shutdown');

/** Liveness and readiness probes: public, and exempt from rate limits. */
@Controller('health')
@SetMetadata('auth:public', true)
export class HealthController {
  private readonly logger = new Logger(HealthController.name);
  private lastDown = '';
  private lastCheck?: Promise<HealthCheckResult>;
  private lastCheckExpiresAt = 0;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(READINESS_CHECKS) private readonly checks: ReadinessChecks,
    @Inject(SHUTDOWN) private readonly shutdown: Shutdown,
  ) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live() {
    return { status: 'ok' };
  }

  /** @throws ProblemException 503 that names the dependencies that are down. */
  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready() {
    if (this.shutdown.phase !== 'running') {
      throw notReady('The server is shutting down.');
    }
    const { status, details, error } = await this.check();
    if (status !== 'ok') {
      throw notReady(`Down: ${Object.keys(error ?? {}).join(', ')}.`);
    }
    return { status, details };
  }

  /** Returns the result of a check that is running or ended less than a second ago, or starts a new one. */
  private check(): Promise<HealthCheckResult> {
    if (!this.lastCheck || performance.now() >= this.lastCheckExpiresAt) {
      this.lastCheckExpiresAt = Infinity;
      this.lastCheck = this.runChecks().finally(() => {
        this.lastCheckExpiresAt = performance.now() + RESULT_LIFETIME_MS;
      });
    }
    return this.lastCheck;
  }

  private async runChecks(): Promise<HealthCheckResult> {
    const checks = Object.entries(this.checks).map(
      ([name, check]) =>
        () =>
          this.runCheck(name, check),
    );
    const result = await this.health
      .check(checks)
      .catch((error: { getResponse(): HealthCheckResult }) => error.getResponse());
    this.logChange(Object.keys(result.error ?? {}).join(', '));
    return result;
  }

  private async runCheck(name: string, check: () => Promise<unknown>) {
    const indicator = this.indicators.check(name);
    let timer: NodeJS.Timeout;
    const timeout = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('timeout')), CHECK_TIMEOUT_MS);
    });
    return Promise.race([check(), timeout])
      .then(
        () => indicator.up(),
        () => indicator.down(),
      )
      .finally(() => clearTimeout(timer));
  }

  /** Logs changes only: probes come every few seconds. */
  private logChange(down: string): void {
    if (down !== this.lastDown) {
      this.lastDown = down;
      this.logger.warn(down ? `Not ready, down: ${down}` : 'Ready again');
    }
  }
}

function notReady(detail: string): ProblemException {
  return new ProblemException(503, { detail, headers: { 'retry-after': '2', 'cache-control': 'no-store' } });
}

import { Controller, Get, Header, Inject, Logger, SetMetadata } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { Shutdown } from '../http/shutdown.js';
import { ProblemException } from '../problem/problem.exception.js';

const CHECK_TIMEOUT_MS = 2_000;

/** What a server needs to be ready, by name: each resolves while that part is up. */
export type ReadinessChecks = Record<string, () => Promise<unknown>>;

export const READINESS_CHECKS = Symbol('readiness checks');
export const SHUTDOWN = Symbol('shutdown');

/** Says whether the process runs, and whether it can serve. Open to everyone, and never limited. */
@Controller('health')
@SetMetadata('auth:public', true)
export class HealthController {
  private readonly logger = new Logger(HealthController.name);
  private lastDown = '';

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

  /** @throws ProblemException 503, which names the parts that are down. */
  @Get('ready')
  @Header('cache-control', 'no-store')
  async ready() {
    if (this.shutdown.phase !== 'running') {
      throw notReady('This process is shutting down.');
    }
    const indicators = Object.entries(this.checks).map(
      ([name, check]) =>
        () =>
          this.indicate(name, check),
    );
    try {
      const { status, details } = await this.health.check(indicators);
      this.report('');
      return { status, details };
    } catch (error) {
      const { error: down } = (error as { getResponse(): { error: object } }).getResponse();
      const names = Object.keys(down).join(', ');
      this.report(names);
      throw notReady(`Down: ${names}.`);
    }
  }

  private async indicate(name: string, check: () => Promise<unknown>) {
    const indicator = this.indicators.check(name);
    let timer: NodeJS.Timeout;
    const timeout = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('too slow')), CHECK_TIMEOUT_MS);
    });
    return Promise.race([check(), timeout])
      .then(
        () => indicator.up(),
        () => indicator.down(),
      )
      .finally(() => clearTimeout(timer));
  }

  /** Logs a change alone: probes come every few seconds. */
  private report(down: string): void {
    if (down !== this.lastDown) {
      this.lastDown = down;
      this.logger.warn(down ? `not ready, down: ${down}` : 'ready again');
    }
  }
}

function notReady(detail: string): ProblemException {
  return new ProblemException(503, { detail, headers: { 'retry-after': '2', 'cache-control': 'no-store' } });
}

import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { observePool } from '@app/server/postgres';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';

/** Registers the connection pool of the data source, and the work that waits for it, with the metrics. */
@Injectable()
export class PoolMetrics implements OnModuleInit, OnApplicationShutdown {
  private unobserve?: () => void;

  constructor(
    private readonly dataSource: DataSource,
    private readonly limiter: ConnectionLimiter,
  ) {}

  onModuleInit(): void {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    const { limiter } = this;
    this.unobserve = observePool({
      get idleCount() {
        return master.idleCount;
      },
      get totalCount() {
        return master.totalCount;
      },
      get waitingCount() {
        return master.waitingCount + limiter.waitingCount;
      },
    });
  }

  onApplicationShutdown(): void {
    this.unobserve?.();
  }
}

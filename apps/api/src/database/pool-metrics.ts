import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { observePool } from '@app/server';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

/** Registers the connection pool of the data source with the metrics. */
@Injectable()
export class PoolMetrics implements OnModuleInit, OnApplicationShutdown {
  private unobserve?: () => void;

  constructor(private readonly dataSource: DataSource) {}

  onModuleInit(): void {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    this.unobserve = observePool(master);
  }

  onApplicationShutdown(): void {
    this.unobserve?.();
  }
}

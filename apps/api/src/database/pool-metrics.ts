import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { observePool } from '@app/server';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

/** Has the metrics show the pool of the data source. */
@Injectable()
export class PoolMetrics implements OnModuleInit, OnApplicationShutdown {
  private forget?: () => void;

  constructor(private readonly dataSource: DataSource) {}

  onModuleInit(): void {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    this.forget = observePool(master);
  }

  onApplicationShutdown(): void {
    this.forget?.();
  }
}

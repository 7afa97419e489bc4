import { type DynamicModule, Inject, Logger, Module, type Provider, type Type } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { getDataSourceToken, getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ConnectionLimiter } from './connection-limiter.js';
import { ConstraintViolations } from './constraint-violation.js';
import { getCurrentScope, joinScope } from './current-scope.js';
import { type DatabaseOptions, dataSourceOptions } from './data-source.options.js';
import { IdempotencyCleanupService } from './idempotency-cleanup.service.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { IdempotencyService } from './idempotency.service.js';
import type { OwnedEntity } from './owned.entity.js';
import { OwnedRepository } from './owned-repository.js';
import { OwnerDataService } from './owner-data.service.js';
import { OwnerQuota, type OwnerQuotaOptions } from './owner-quota.js';
import { OwnerUsage } from './owner-usage.entity.js';
import { PoolMetrics } from './pool-metrics.js';
import { OwnerScope } from './owner-scope.js';
import { getPool, limitPerOwner, queryPool } from './queryable.js';
import { ReadReplica } from './read-replica.js';
import { RecentWrites } from './recent-writes.js';
import { RecentWritesInterceptor } from './recent-writes.interceptor.js';
import { Transactions } from './transactions.js';

const repositoryToken = (entity: Type<OwnedEntity>) => `OwnedRepository<${entity.name}>`;

/** Injects the owned repository of an entity that was registered with `DatabaseModule.forFeature`. */
export const InjectOwnedRepository = (entity: Type<OwnedEntity>) => Inject(repositoryToken(entity));

export interface ReplicaOptions {
  url: string;
  /** Redis, where all instances record recent writes. Without it, all lists are read from the primary. */
  redisUrl?: string;
}

/** Connects to PostgreSQL. `forFeature` registers the owned repositories of a feature's entities. */
@Module({})
export class DatabaseModule {
  static forRoot(
    options: DatabaseOptions,
    quota: OwnerQuotaOptions,
    replica?: ReplicaOptions,
  ): DynamicModule {
    const exports: Provider[] = [
      Transactions,
      OwnerScope,
      IdempotencyService,
      OwnerDataService,
      { provide: OwnerQuota, useValue: new OwnerQuota(quota) },
      {
        provide: ConnectionLimiter,
        useFactory: () => new ConnectionLimiter(dataSourceOptions(options).poolSize),
      },
      {
        provide: ConstraintViolations,
        inject: [getDataSourceToken()],
        useFactory: (dataSource: DataSource) => new ConstraintViolations(dataSource.entityMetadatas),
      },
    ];
    const readReplica = replica && replicaProviders(options, replica);
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRoot({
          ...dataSourceOptions(options),
          autoLoadEntities: true,
          // Otherwise TypeOrmModule logs the error with its stack before `start` prints it.
          toRetry: () => false,
        }),
        TypeOrmModule.forFeature([IdempotencyRecord, OwnerUsage]),
      ],
      providers: [...exports, IdempotencyCleanupService, PoolMetrics, ...(readReplica ?? [])],
      exports: [...(exports as Type[]), ...(readReplica ? [ReadReplica] : [])],
    };
  }

  static forFeature(...entities: Type<OwnedEntity>[]): DynamicModule {
    const repositories = entities.map((entity): Provider => ({
      provide: repositoryToken(entity),
      inject: [getDataSourceToken(), ConnectionLimiter, OwnerQuota, { token: ReadReplica, optional: true }],
      useFactory: (
        dataSource: DataSource,
        limiter: ConnectionLimiter,
        quota: OwnerQuota,
        replica?: ReadReplica,
      ) => createRepository(dataSource, limiter, quota, entity, replica),
    }));
    // So that `assertOwnedAccess` can say what to write instead of `@InjectRepository(…)`.
    const aliases = entities.map((entity): Provider => ({
      provide: getRepositoryToken(entity),
      useExisting: repositoryToken(entity),
    }));
    const providers = [...repositories, ...aliases];
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forFeature(entities)],
      providers,
      exports: providers,
    };
  }
}

function createRepository<T extends OwnedEntity>(
  dataSource: DataSource,
  limiter: ConnectionLimiter,
  quota: OwnerQuota,
  entity: Type<T>,
  replica?: ReadReplica,
): OwnedRepository<T> {
  const metadata = dataSource.getMetadata(entity);
  const pool = joinScope(limitPerOwner(queryPool(getPool(dataSource)), limiter));
  const transactions = new Transactions(dataSource, limiter);
  const primary = new OwnedRepository<T>(pool, metadata, undefined, quota, transactions);
  if (!replica) {
    return primary;
  }
  const replicaRepository = new OwnedRepository<T>(replica, metadata);
  return new OwnedRepository<T>(
    pool,
    metadata,
    async (ownerId) =>
      !getCurrentScope() && (await replica.canServe(ownerId)) ? replicaRepository : primary,
    quota,
    transactions,
  );
}

function replicaProviders(
  options: DatabaseOptions,
  { url, redisUrl }: ReplicaOptions,
): Provider[] | undefined {
  if (!redisUrl) {
    new Logger(DatabaseModule.name).warn(
      'DATABASE_REPLICA_URL is ignored because REDIS_URL is not set. Set both to read lists from the replica.',
    );
    return undefined;
  }
  return [
    { provide: RecentWrites, useFactory: () => new RecentWrites(redisUrl) },
    {
      provide: ReadReplica,
      inject: [getDataSourceToken(), ConnectionLimiter, RecentWrites],
      useFactory: (primary: DataSource, limiter: ConnectionLimiter, writes: RecentWrites) =>
        new ReadReplica({ ...options, url }, limitPerOwner(queryPool(getPool(primary)), limiter), writes),
    },
    { provide: APP_INTERCEPTOR, useClass: RecentWritesInterceptor },
  ];
}

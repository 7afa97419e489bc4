import { type DynamicModule, Inject, Module, type Provider, type Type } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { type DatabaseOptions, dataSourceOptions } from './data-source.options.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { Idempotency } from './idempotency.js';
import type { OwnedEntity } from './owned.entity.js';
import { OwnedRepository } from './owned-repository.js';
import { OwnedRows } from './owned-rows.js';
import { Transactions } from './transactions.js';

const repositoryToken = (entity: Type<OwnedEntity>) => `OwnedRepository<${entity.name}>`;

/** Injects the owned repository of an entity that the module registered with `DatabaseModule.forFeature`. */
export const InjectRepository = (entity: Type<OwnedEntity>) => Inject(repositoryToken(entity));

/** Connects to Postgres; `forFeature` gives a feature module the owned repositories of its entities. */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    const providers = [Transactions, Idempotency, OwnedRows];
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRoot({ ...dataSourceOptions(options), autoLoadEntities: true, retryAttempts: 0 }),
        TypeOrmModule.forFeature([IdempotencyKey]),
      ],
      providers,
      exports: providers,
    };
  }

  static forFeature(...entities: Type<OwnedEntity>[]): DynamicModule {
    const providers = entities.map((entity): Provider => ({
      provide: repositoryToken(entity),
      inject: [getDataSourceToken()],
      useFactory: (dataSource: DataSource) => new OwnedRepository(dataSource, dataSource.getMetadata(entity)),
    }));
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forFeature(entities)],
      providers,
      exports: providers,
    };
  }
}

import type { DataSourceOptions } from 'typeorm';
import { migrations } from './migrations/index.js';
import { PreparingClient, TimeLimitedClient, types } from './postgres-client.js';
import { SnakeNamingStrategy } from './snake-naming.strategy.js';

/** How long a request waits for a connection, and then for a statement: together less than the 5 s that it may take. */
const CONNECTION_TIMEOUT_MS = 1_500;
const STATEMENT_TIMEOUT_MS = 2_500;

export interface DatabaseOptions {
  url: string;
  poolSize?: number;
  /** False behind a pooler in transaction mode: then no start-up parameter is sent and nothing outlives a statement. */
  preparedStatements?: boolean;
  /** False for migrations, which may take their time. */
  timeLimited?: boolean;
}

/** The options of the api's data source, for the app, the migrations and TypeORM's command line alike. */
export function dataSourceOptions({
  url,
  poolSize = 10,
  preparedStatements = true,
  timeLimited = true,
}: DatabaseOptions) {
  return {
    type: 'postgres',
    url,
    poolSize,
    synchronize: false,
    logging: false,
    migrations,
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeNamingStrategy(),
    extra: {
      Client: preparedStatements ? PreparingClient : TimeLimitedClient,
      types,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      ...(timeLimited && { answerTimeoutMillis: STATEMENT_TIMEOUT_MS + 500 }),
      ...(timeLimited && preparedStatements && { statement_timeout: STATEMENT_TIMEOUT_MS }),
    },
  } satisfies DataSourceOptions;
}

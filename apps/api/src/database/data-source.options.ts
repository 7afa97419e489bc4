import type { DataSourceOptions } from 'typeorm';
import { migrations } from './migrations/index.js';
import { PreparedStatementClient, ResponseTimeoutClient, types } from './postgres-client.js';
import { SnakeNamingStrategy } from './snake-naming.strategy.js';

// The sum is below 5 s, the longest time that a request may take while the database is unavailable.
export const CONNECTION_TIMEOUT_MS = 1_500;
/** No request waits for a start or a migration, and several programs may start at once on a busy machine. */
const START_CONNECTION_TIMEOUT_MS = 10_000;
export const STATEMENT_TIMEOUT_MS = 2_500;

export interface DatabaseOptions {
  url: string;
  poolSize?: number;
  /** False behind a pooler in transaction mode: neither startup parameters nor session state are used. */
  preparedStatements?: boolean;
  /** False for migrations, which can run for a long time. */
  timeouts?: boolean;
}

/** Returns the options of the api's data source, for the app, the migrations and TypeORM's command line. */
export function dataSourceOptions({
  url,
  poolSize = 10,
  preparedStatements = true,
  timeouts = true,
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
      Client: preparedStatements ? PreparedStatementClient : ResponseTimeoutClient,
      types,
      connectionTimeoutMillis: START_CONNECTION_TIMEOUT_MS,
      ...(timeouts && { responseTimeoutMs: STATEMENT_TIMEOUT_MS + 500 }),
      ...(timeouts && preparedStatements && { statement_timeout: STATEMENT_TIMEOUT_MS }),
    },
  } satisfies DataSourceOptions;
}

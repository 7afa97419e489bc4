import {
  boolean,
  httpUrl,
  integer,
  list,
  loadEnvironment,
  logLevel,
  network,
  origin,
  port,
  postgresUrl,
  redisUrl,
  text,
} from '@app/server/environment';
import { z } from 'zod';

/** All variables that the api reads. */
const schema = z.object({
  NODE_ENV: z.string().default('production'),
  API_PORT: port(),
  LISTEN_ADDRESS: text().optional(),
  DATABASE_URL: postgresUrl(),
  DATABASE_POOL_SIZE: integer(1, 1000),
  DATABASE_PREPARED_STATEMENTS: boolean(),
  DATABASE_REPLICA_URL: postgresUrl().optional(),
  JWKS_URL: httpUrl(),
  JWT_ISSUER: text(),
  JWT_AUDIENCE: text(),
  JWT_SCOPES: boolean(),
  CORS_ORIGINS: list(origin()).default([]),
  LOG_LEVEL: logLevel(),
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000),
  OWNER_MAX_ROWS: integer(0, 1_000_000_000),
  OWNER_MAX_BYTES: integer(0, 1_000_000_000_000),
  REDIS_URL: redisUrl().optional(),
  METRICS_PORT: port().optional(),
  API_DOCS: boolean(),
  TRUST_PROXY: list(network()).default([]),
  HSTS_INCLUDE_SUBDOMAINS: boolean(),
});

export type Environment = z.infer<typeof schema>;

/**
 * Reads and validates the environment.
 * If variables are missing or invalid, it prints all of them and exits with code 1.
 */
export function readEnvironment(source = process.env): Environment {
  return loadEnvironment(schema, {
    source,
    defaults: {
      API_PORT: '3001',
      AUTH_PORT: '3002',
      // web:start
      WEB_PORT: '3000',
      // web:end
      DATABASE_POOL_SIZE: '10',
      DATABASE_PREPARED_STATEMENTS: 'true',
      JWKS_URL: '${AUTH_URL}/.well-known/jwks.json',
      JWT_ISSUER: '${BETTER_AUTH_URL}',
      JWT_AUDIENCE: '${API_URL}',
      JWT_SCOPES: 'false',
      CORS_ORIGINS: '${BETTER_AUTH_URL}',
      LOG_LEVEL: 'info',
      RATE_LIMIT_PER_MINUTE: '600',
      HSTS_INCLUDE_SUBDOMAINS: 'false',
      OWNER_MAX_ROWS: '1000000',
      OWNER_MAX_BYTES: '1000000000',
      API_DOCS: 'true',
    },
    development: {
      AUTH_URL: 'http://localhost:${AUTH_PORT}',
      // web:start
      BETTER_AUTH_URL: 'http://localhost:${WEB_PORT}',
      // web:else
      // BETTER_AUTH_URL: '${AUTH_URL}',
      // web:end
      API_URL: 'http://localhost:${API_PORT}',
    },
  });
}

import { flag, integer, list, loadEnvironment, logLevel, origin, port, postgresUrl, url } from '@app/server';
import { z } from 'zod';

/** Every variable that the api reads. */
const schema = z.object({
  API_PORT: port(),
  DATABASE_URL: postgresUrl(),
  DATABASE_POOL_SIZE: integer(1, 1000),
  DATABASE_PREPARED_STATEMENTS: flag(),
  JWKS_URL: url(),
  JWT_ISSUER: z.string(),
  JWT_AUDIENCE: z.string(),
  CORS_ORIGINS: list(origin()).default([]),
  LOG_LEVEL: logLevel(),
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000),
  REDIS_URL: url().optional(),
  METRICS_PORT: port().optional(),
  API_DOCS: flag(),
  TRUST_PROXY: list(z.string()).default([]),
});

export type Environment = z.infer<typeof schema>;

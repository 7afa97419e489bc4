import { createServer, type Server } from '@app/server';
import { ASSERT_WRITABLE, warnIfUnencrypted } from '@app/server/postgres';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import type { Environment } from './config/env.js';
import { ConstraintViolations } from './database/constraint-violation.js';
import { assertOwnedAccess } from './database/assert-owned-access.js';
import { CONNECTION_TIMEOUT_MS } from './database/data-source.options.js';
import { DatabaseModule } from './database/database.module.js';
import { getPool } from './database/queryable.js';
import { serveOpenApi } from './http/openapi-document.js';
import { registerETags } from './http/sends-etag.decorator.js';
import { SystemModule } from './system/system.module.js';

/** Creates the api, which does not listen yet. Tests pass a changed root module. */
export async function createApi(env: Environment, module = AppModule.forRoot(env)): Promise<Server> {
  const server = await createServer(module, {
    name: 'api',
    logLevel: env.LOG_LEVEL,
    globalPrefix: 'api',
    production: env.NODE_ENV === 'production',
    listenAddress: env.LISTEN_ADDRESS,
    trustProxy: env.TRUST_PROXY,
    hstsIncludeSubdomains: env.HSTS_INCLUDE_SUBDOMAINS,
    corsOrigins: env.CORS_ORIGINS,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    redisUrl: env.REDIS_URL,
    metricsPort: env.METRICS_PORT,
    // Swagger UI brings its own scripts, and styles in its page.
    contentSecurityPolicies: {
      '/docs': "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
    },
    toException: (error, request, app) => app.get(ConstraintViolations).toException(error, request),
    readiness: { database: (app) => app.get(DataSource).query(ASSERT_WRITABLE) },
  });
  warnIfUnencrypted(server, {
    DATABASE_URL: env.DATABASE_URL,
    DATABASE_REPLICA_URL: env.DATABASE_REPLICA_URL,
  });
  assertOwnedAccess(server.app, [DatabaseModule, SystemModule]);
  registerETags(server.app);
  server.app
    .getHttpAdapter()
    .getInstance()
    .addHook('onListen', async () => {
      getPool(server.app.get(DataSource)).options.connectionTimeoutMillis = CONNECTION_TIMEOUT_MS;
    });
  if (env.API_DOCS) {
    serveOpenApi(server.app);
  }
  return server;
}

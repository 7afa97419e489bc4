import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer } from '@app/server';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import type { Environment } from './config/env.js';
import { serveOpenApi } from './http/openapi-document.js';
import { registerETags } from './http/sends-etag.decorator.js';

/** The api, wired and not yet listening: for `main.ts` and for the tests. */
export async function createApi(env: Environment): Promise<NestFastifyApplication> {
  const app = await createServer(AppModule.forRoot(env), {
    name: 'api',
    logLevel: env.LOG_LEVEL,
    globalPrefix: 'api',
    production: env.NODE_ENV === 'production',
    listenAddress: env.LISTEN_ADDRESS,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.CORS_ORIGINS,
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    redisUrl: env.REDIS_URL,
    metricsPort: env.METRICS_PORT,
    // Swagger UI brings its own scripts, and styles in its page.
    contentSecurityPolicies: {
      '/docs': "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
    },
    readiness: { database: (server) => server.get(DataSource).query('SELECT 1') },
  });
  registerETags(app);
  if (env.API_DOCS) {
    serveOpenApi(app);
  }
  return app;
}

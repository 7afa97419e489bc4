import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer } from '@app/server';
import { sql } from 'kysely';
import { AppModule } from './app.module.js';
import { type Environment, isDevelopmentOrTest } from './config/env.js';
import { type Database, DATABASE } from './database/database.js';

/** The auth server, wired and not yet listening: for `main.ts` and for the tests. */
export function createAuthServer(env: Environment): Promise<NestFastifyApplication> {
  return createServer(AppModule.forRoot(env), {
    name: 'auth',
    logLevel: env.LOG_LEVEL,
    production: !isDevelopmentOrTest(env),
    listenAddress: env.LISTEN_ADDRESS,
    trustProxy: env.TRUST_PROXY,
    metricsPort: env.METRICS_PORT,
    readiness: { database: (app) => sql`select 1`.execute(app.get<Database>(DATABASE)) },
  });
}

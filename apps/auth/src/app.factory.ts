import { createServer, type Server } from '@app/server';
import { sql } from 'kysely';
import { AppModule } from './app.module.js';
import { type Environment, isDevelopmentOrTest } from './config/env.js';
import { type Database, DATABASE } from './database/database.js';

/** Creates the auth server, which does not listen yet. */
export function createAuthServer(env: Environment): Promise<Server> {
  return createServer(AppModule.forRoot(env), {
    name: 'auth',
    logLevel: env.LOG_LEVEL,
    production: !isDevelopmentOrTest(env),
    listenAddress: env.LISTEN_ADDRESS,
    trustProxy: env.TRUST_PROXY,
    corsOrigins: env.AUTH_TRUSTED_ORIGINS,
    corsCredentials: true,
    metricsPort: env.METRICS_PORT,
    readiness: { database: (app) => sql`SELECT 1`.execute(app.get<Database>(DATABASE)) },
  });
}

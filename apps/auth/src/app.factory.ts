import { createServer, type Server } from '@app/server';
import { ASSERT_WRITABLE, warnIfUnencrypted } from '@app/server/postgres';
import { sql } from 'kysely';
import { AppModule } from './app.module.js';
import { type Environment, isDevelopmentOrTest } from './config/env.js';
import { type Database, DATABASE } from './database/database.js';

/** Creates the auth server, which does not listen yet. */
export async function createAuthServer(env: Environment): Promise<Server> {
  const server = await createServer(AppModule.forRoot(env), {
    name: 'auth',
    logLevel: env.LOG_LEVEL,
    production: !isDevelopmentOrTest(env),
    listenAddress: env.LISTEN_ADDRESS,
    trustProxy: env.TRUST_PROXY,
    hstsIncludeSubdomains: env.HSTS_INCLUDE_SUBDOMAINS,
    corsOrigins: env.AUTH_TRUSTED_ORIGINS,
    corsCredentials: true,
    metricsPort: env.METRICS_PORT,
    readiness: { database: (app) => sql.raw(ASSERT_WRITABLE).execute(app.get<Database>(DATABASE)) },
  });
  warnIfUnencrypted(server, { 'AUTH_DATABASE_URL or DATABASE_URL': env.AUTH_DATABASE_URL });
  return server;
}

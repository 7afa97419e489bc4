import { start } from '@app/server';
import { findVariable } from '@app/server/environment';
import { createAuthServer } from './app.factory.js';
import { readEnvironment } from './config/env.js';

const env = readEnvironment();
await start(() => createAuthServer(env), env.AUTH_PORT, {
  variable: findVariable('AUTH_DATABASE_URL', 'DATABASE_URL'),
});

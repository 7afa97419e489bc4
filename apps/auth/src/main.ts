import 'reflect-metadata';
import { startTracing } from '@app/tracing';

// What is traced is wrapped as it is loaded: everything else comes after this.
await startTracing('auth');
const { start } = await import('@app/server');
const { createAuthServer } = await import('./app.factory.js');
const { readEnvironment } = await import('./config/env.js');

const env = readEnvironment();
await start(() => createAuthServer(env), env.AUTH_PORT);

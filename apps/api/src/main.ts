import 'reflect-metadata';
import { startTracing } from '@app/tracing';

// What is traced is wrapped as it is loaded: everything else comes after this.
await startTracing('api');
const { start } = await import('@app/server');
const { createApi } = await import('./app.factory.js');
const { readEnvironment } = await import('./config/env.js');

const env = readEnvironment();
await start(() => createApi(env), env.API_PORT);

import { start } from '@app/server';
import { createApi } from './app.factory.js';
import { readEnvironment } from './config/env.js';

const env = readEnvironment();
await start(() => createApi(env), env.API_PORT);

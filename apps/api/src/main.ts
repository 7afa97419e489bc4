import 'reflect-metadata';
import { listen } from '@app/server';
import { createApi } from './app.factory.js';
import { readEnvironment } from './config/env.js';

const env = readEnvironment();
await listen(await createApi(env), env.API_PORT);

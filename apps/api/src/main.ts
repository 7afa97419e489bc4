import '../../../libs/server/src/node-version.js';
import 'reflect-metadata';
import { startTracing } from '@app/tracing';

// Instrumentation patches modules when they are loaded, so tracing starts before the first other import.
await startTracing('api');
await import('./server.js');

import '../../../libs/server/src/node-version.js';
import 'reflect-metadata';
import { startTracing } from '@app/tracing';

// Tracing patches modules while they load, so everything else must be imported afterwards.
await startTracing('auth');
await import('./server.js');

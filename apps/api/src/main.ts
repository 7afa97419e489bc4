import 'reflect-metadata';
import { startTracing } from '@app/tracing';

// What is traced is wrapped as it is loaded: everything else comes after this.
await startTracing('api');
await import('./server.js');

import 'reflect-metadata';
import { createServer, start } from '../src/index.js';
import { SampleModule } from './sample-app.js';

// A server of its own process, for what signals do.
await start(
  () => createServer(SampleModule, { name: 'sample', logLevel: 'info', production: true, readiness: {} }),
  Number(process.argv[2]),
);

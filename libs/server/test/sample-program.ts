import 'reflect-metadata';
import { createServer, start } from '../src/index.js';
import { SampleModule } from './sample-app.js';

// A server of its own process, for what signals do and what the log holds.
const { PORT, METRICS_PORT, LOG_LEVEL = 'info' } = process.env;
await start(
  () =>
    createServer(SampleModule, {
      name: 'sample',
      logLevel: LOG_LEVEL,
      production: true,
      metricsPort: METRICS_PORT ? Number(METRICS_PORT) : undefined,
      readiness: {},
    }),
  Number(PORT),
);

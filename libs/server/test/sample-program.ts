import 'reflect-metadata';
import { createServer, start } from '../src/index.js';
import { SampleModule } from './sample-app.js';

// Runs the sample app in its own process, for tests of signals and of the log.
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

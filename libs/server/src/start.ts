import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { stateOf } from './create-server.js';
import { isDatabaseUnavailable } from './problem/database-unavailable.js';

/** From the signal to the moment when requests are refused: time for a load balancer to see the readiness. */
const DRAIN_MS = 1_000;
/** From the signal to the end of the process, whatever still runs. */
const EXIT_AFTER_MS = 9_000;

/**
 * Makes the app, listens, and ends with the process: at SIGTERM or SIGINT readiness turns 503, what is in flight is
 * answered, and the process exits with 0 within 10 s. What keeps it from starting is said in one sentence, exit 1.
 */
export async function start(create: () => Promise<NestFastifyApplication>, port: number): Promise<void> {
  try {
    const app = await create();
    const { log, options } = stateOf(app);
    await app.listen(port, options.production ? '::' : 'localhost');
    log.info({ port }, `${options.name} listens on port ${port}`);
    endWithTheProcess(app);
  } catch (error) {
    console.error(reasonOf(error, port));
    process.exit(1);
  }
}

function reasonOf(error: unknown, port: number): string {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what listens there, or choose another port.`;
  }
  if (code === '28P01' || code === '28000' || code === '3D000') {
    return `The database refuses: ${message}. Check DATABASE_URL.`;
  }
  if (isDatabaseUnavailable(error)) {
    return `The database cannot be reached: ${message || code}. Check DATABASE_URL, and that the server runs.`;
  }
  return stack ?? String(error);
}

function endWithTheProcess(app: NestFastifyApplication): void {
  const { log, shutdown, options } = stateOf(app);
  const end = async (signal: NodeJS.Signals) => {
    if (shutdown.phase !== 'running') {
      return;
    }
    shutdown.phase = 'draining';
    log.info(`${signal}: shutting down`);
    setTimeout(() => {
      log.warn('requests were cut off at the end of the time to shut down');
      log.flush(() => process.exit(0));
    }, EXIT_AFTER_MS).unref();
    await sleep(options.production ? DRAIN_MS : 0);
    shutdown.phase = 'closing';
    // A connection that was busy when the server closed is idle once it has its answer.
    setInterval(() => app.getHttpServer().closeIdleConnections(), 100).unref();
    await app.close();
    log.flush(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  const fail = (error: unknown) => {
    log.fatal({ err: error }, 'the process cannot go on');
    log.flush(() => process.exit(1));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}

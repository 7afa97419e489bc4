import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Server } from './create-server.js';
import { resolveListenAddress } from './http/listen-address.js';
import { drain } from './http/shutdown.js';
import type { ConnectionSource } from './postgres/connection-error.js';
import { describeError } from './run-command.js';

/** Delay between the signal and the first rejected request, so that load balancers see the readiness change. */
const DRAIN_DELAY_MS = 1_000;
/** The process exits this long after the signal, even if requests are still in flight. */
const SHUTDOWN_TIMEOUT_MS = 9_000;
/** Limit for writing the last log lines, in case nothing reads the output. */
const LOG_FLUSH_TIMEOUT_MS = 500;

/**
 * Creates the server, listens on the port and shuts down gracefully on SIGTERM or SIGINT: readiness turns 503, requests
 * in flight complete, and the process exits with 0 within 10 s. If it cannot start, it prints why and exits with 1.
 * @param database Where the server connects to. Default: DATABASE_URL.
 */
export async function start(
  create: () => Promise<Server>,
  port: number,
  database?: ConnectionSource,
): Promise<void> {
  try {
    const server = await create();
    const { app, log, options } = server;
    await app.listen(port, resolveListenAddress(options));
    log.info({ port }, `${options.name} listens on port ${port}`);
    handleProcessEvents(server);
  } catch (error) {
    console.error(describeStartError(error, port, database));
    process.exit(1);
  }
}

function describeStartError(error: unknown, port: number, database?: ConnectionSource): string {
  const { code, port: failedPort = port } = Object(error) as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${failedPort} is in use. Stop the process that uses it, or choose another port.`;
  }
  if (code === 'EACCES') {
    return `Permission to listen on port ${failedPort} was denied. Choose a port above 1023.`;
  }
  return describeError(error, database);
}

function handleProcessEvents({ app, log, shutdown, inFlight, options }: Server): void {
  const shutDown = async (signal: NodeJS.Signals) => {
    if (shutdown.phase !== 'running') {
      return;
    }
    shutdown.phase = 'draining';
    log.info(`${signal} received, shutting down`);
    setTimeout(() => {
      log.warn('Shutdown timed out, requests in flight were aborted');
      exit(log, 0);
    }, SHUTDOWN_TIMEOUT_MS).unref();
    await sleep(options.production ? DRAIN_DELAY_MS : 0);
    shutdown.phase = 'closing';
    await drain(app.getHttpServer(), inFlight);
    await app.close();
    exit(log, 0);
  };
  process.on('SIGTERM', shutDown);
  process.on('SIGINT', shutDown);
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'Uncaught error, the process exits');
    exit(log, 1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

/** Exits once the buffered log lines are written. */
function exit(log: Logger, code: number): void {
  setTimeout(() => process.exit(code), LOG_FLUSH_TIMEOUT_MS);
  log.flush(() => process.exit(code));
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Server } from './create-server.js';
import { resolveListenAddress } from './http/listen-address.js';
import { drain } from './http/shutdown.js';
import { isDatabaseUnavailable } from './problem/database-unavailable.js';

/** From the signal to the moment when requests are refused: time for a load balancer to see the readiness. */
const DRAIN_MS = 1_000;
/** From the signal to the end of the process, whatever still runs. */
const EXIT_AFTER_MS = 9_000;
/** For a log whose reader has stopped reading. */
const LAST_LINES_MS = 500;

/**
 * Makes the app, listens, and ends with the process: at SIGTERM or SIGINT readiness turns 503, what is in flight is
 * answered, and the process exits with 0 within 10 s. What keeps it from starting is said in one sentence, exit 1.
 */
export async function start(create: () => Promise<Server>, port: number): Promise<void> {
  try {
    const server = await create();
    const { app, log, options } = server;
    await app.listen(port, resolveListenAddress(options));
    log.info({ port }, `${options.name} listens on port ${port}`);
    handleProcessEvents(server);
  } catch (error) {
    console.error(describeStartError(error, port));
    process.exit(1);
  }
}

function describeStartError(error: unknown, port: number): string {
  const {
    code,
    message,
    stack,
    port: busy = port,
  } = Object(error) as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${busy} is in use. Stop what listens there, or choose another port.`;
  }
  if (code === 'EACCES') {
    return `Port ${busy} may not be listened on by this user. Choose one from 1024.`;
  }
  if (code === '28P01' || code === '28000' || code === '3D000') {
    return `The database refuses: ${message}. Check DATABASE_URL.`;
  }
  if (isDatabaseUnavailable(error)) {
    return `The database cannot be reached: ${message || code}. Check DATABASE_URL, and that the server runs.`;
  }
  return stack ?? String(error);
}

function handleProcessEvents({ app, log, shutdown, inFlight, options }: Server): void {
  const end = async (signal: NodeJS.Signals) => {
    if (shutdown.phase !== 'running') {
      return;
    }
    shutdown.phase = 'draining';
    log.info(`${signal}: shutting down`);
    setTimeout(() => {
      log.warn('requests were cut off at the end of the time to shut down');
      exit(log, 0);
    }, EXIT_AFTER_MS).unref();
    await sleep(options.production ? DRAIN_MS : 0);
    shutdown.phase = 'closing';
    await drain(app.getHttpServer(), inFlight);
    await app.close();
    exit(log, 0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  const fail = (error: unknown) => {
    log.fatal({ err: error }, 'the process cannot go on');
    exit(log, 1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}

/** Ends the process with what is left of the log written, if that can be. */
function exit(log: Logger, code: number): void {
  setTimeout(() => process.exit(code), LAST_LINES_MS);
  log.flush(() => process.exit(code));
}

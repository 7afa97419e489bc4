import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';

/** Fields that are redacted, at up to two levels of nesting. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'newPassword',
  'currentPassword',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
];
const REDACT_PATHS = ['', '*', '*.*'].flatMap((parent) =>
  SECRET_FIELDS.map((name) => (parent && !name.startsWith('[') ? `${parent}.${name}` : parent + name)),
);

export interface Loggers {
  /** The logger for everything except request lines. */
  log: Logger;
  /** The logger for request lines. None of their fields is secret, so it skips redaction (14 µs per line). */
  requestLog: Logger;
}

/**
 * Creates the loggers of a server: JSON lines on standard output in production, coloured text in development.
 * In production, lines are buffered for up to 100 ms; flush the logger before the process exits.
 */
export async function createLoggers(name: string, level: string, production: boolean): Promise<Loggers> {
  const destination: DestinationStream = production
    ? pino.destination({ sync: false, minLength: 4096, periodicFlush: 100 })
    : await prettyDestination();
  const options = {
    name,
    level,
    base: production ? { pid: process.pid } : null,
    serializers: { err: serializeError },
  };
  return {
    log: pino({ ...options, redact: REDACT_PATHS }, destination),
    requestLog: pino(options, destination),
  };
}

async function prettyDestination(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    sync: true,
    singleLine: true,
    ignore: 'name,method,route,status',
    translateTime: 'HH:MM:ss',
  });
}

/** Returns the loggable fields of an error and its causes. Others may contain user input, such as SQL parameters. */
export function serializeError(error: unknown): object {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: String(error) };
  }
  const { name: type, message, stack, cause } = error;
  const { code, errors } = error as { code?: string; errors?: unknown[] };
  return {
    type,
    message,
    code,
    stack,
    ...(cause !== undefined && { cause: serializeError(cause) }),
    ...(Array.isArray(errors) && {
      errors: errors.filter((inner) => inner instanceof Error).map(serializeError),
    }),
  };
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Contexts of Nest's own start-up messages, which are logged at the level debug. */
const STARTUP_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Writes the messages of Nest's `Logger` to the server's log. */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Logger) {}

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest's ExceptionHandler logs errors at start and throws them again; `start` prints them.
    this.write(rest.at(-1) === 'ExceptionHandler' ? 'debug' : 'error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(STARTUP_CONTEXTS.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** @param rest Optional values, such as a stack, followed by the context. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const details = rest
      .slice(0, -1)
      .filter((value) => value !== undefined)
      .map((value) => (value instanceof Error ? serializeError(value) : value));
    const fields = { context, ...(details.length > 0 && { details }) };
    if (message instanceof Error) {
      this.target[level]({ ...fields, err: message }, message.message);
    } else if (typeof message === 'object' && message !== null) {
      this.target[level]({ ...fields, ...message });
    } else {
      this.target[level](fields, String(message));
    }
  }
}

import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';

/** Names of members that are never written, wherever they stand in what is logged. */
const SECRETS = ['authorization', 'cookie', 'set-cookie', 'password', 'newPassword', 'token', 'secret'];
const paths = SECRETS.map((name) => (name.includes('-') ? `["${name}"]` : name));
const nested = SECRETS.map((name) => (name.includes('-') ? `*["${name}"]` : `*.${name}`));

/**
 * The log of a server: one JSON object a line on standard output, or coloured text in development. Lines are gathered
 * for up to 100 ms, and written out at the end of the process.
 */
export async function createLogger(name: string, level: string, production: boolean): Promise<Logger> {
  const destination: DestinationStream = production
    ? pino.destination({ sync: false, minLength: 4096, periodicFlush: 100 })
    : await prettyDestination();
  const options = {
    name,
    level,
    base: production ? { pid: process.pid } : null,
    redact: [...paths, ...nested, ...nested.map((path) => `*.${path}`)],
  };
  return pino(options, destination);
}

async function prettyDestination(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    sync: true,
    singleLine: true,
    ignore: 'name,method,route,status,requestId',
    translateTime: 'HH:MM:ss',
  });
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What Nest says of its own start, of use only when something is wrong with it. */
const STARTING = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Lets Nest, and whoever uses Nest's `Logger`, write to the same log. */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Logger) {}

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(STARTING.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest hands over the context last, and before it a stack or further values. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const details = rest.slice(0, -1).filter((value) => value !== undefined);
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

import { types } from 'node:util';

/** SQLSTATEs and system error codes of temporary failures. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CODES = new Set([
  '25006', // read-only: the server is a standby, for example after a switchover
  '28000', // connection rejected, like the next two: for example while a password is changed, or after a switchover
  '28P01',
  '3D000',
  '53000', // insufficient resources, like the codes below
  '53100',
  '53200',
  '53300', // too many connections
  '53400',
  '55P03', // lock not available
  '57014', // query canceled: statement timeout
  '57P01', // administrator shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now: starting up
  '57P04', // the database was dropped
  '57P05', // idle session timeout
  '25P03', // idle-in-transaction timeout
  '40001', // serialization failure
  '40P01', // deadlock
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Messages of node-postgres errors that have no code. */
const MESSAGES = [
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
];

/** Returns whether an error, or one of its causes, means that the database is unavailable and a retry may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) {
    return false;
  }
  const { code, syscall, driverError, errors } = error as NodeJS.ErrnoException & {
    driverError?: unknown;
    errors?: unknown;
  };
  return (
    (code !== undefined && (CODES.has(code) || code.startsWith('08'))) ||
    // The Unix socket is missing while the server restarts.
    (code === 'ENOENT' && syscall === 'connect') ||
    MESSAGES.some((message) => error.message.includes(message)) ||
    [driverError, error.cause, ...(Array.isArray(errors) ? errors : [])].some(
      (inner) => inner !== error && isDatabaseUnavailable(inner),
    )
  );
}

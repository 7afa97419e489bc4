import { types } from 'node:util';

/** SQLSTATEs and system errors that say: not now. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const CODES = new Set([
  '53000', // insufficient resources, and its kin below
  '53100',
  '53200',
  '53300', // too many connections
  '53400',
  '55P03', // lock not available
  '57014', // statement timeout
  '57P01', // shut down by an administrator
  '57P02', // shut down by a crash
  '57P03', // starting up
  '40001', // serialization failure
  '40P01', // deadlock
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** What node-postgres says without a code. */
const MESSAGES = [
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
];

/** Whether an error says that the database can't be had now, and a later try may succeed. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!types.isNativeError(error)) {
    return false;
  }
  const { code, driverError, errors } = error as { code?: string; driverError?: unknown; errors?: unknown };
  return (
    (code !== undefined && (CODES.has(code) || code.startsWith('08'))) ||
    MESSAGES.some((message) => error.message.includes(message)) ||
    [driverError, error.cause, ...(Array.isArray(errors) ? errors : [])].some(
      (inner) => inner !== error && isDatabaseUnavailable(inner),
    )
  );
}

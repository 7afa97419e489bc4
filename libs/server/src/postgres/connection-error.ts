import { isDatabaseUnavailable } from '../problem/database-unavailable.js';
import { isReadOnlyError } from './read-only.js';

const REJECTED = new Set([
  '28P01', // wrong password
  '28000', // invalid authorization
  '3D000', // unknown database
]);
/** SQLSTATE of `permission denied`. For an app, the schema belongs to another role, because the migrations have not run. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** Codes of OpenSSL and Node.js for a certificate that fails verification. */
const CERTIFICATE_ERROR =
  /^(CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

export interface ConnectionSource {
  /** The variable with the URL. */
  variable: string;
  /** True for migrations, which need more privileges. */
  isMigration?: boolean;
}

/**
 * Returns one sentence or two that say why a database can't be used and what to check, or undefined for other errors.
 * node-postgres never puts the password into its messages.
 */
export function describeConnectionError(
  error: unknown,
  { variable, isMigration = false }: ConnectionSource,
): string | undefined {
  const { code = '', message = '' } = Object(error) as { code?: string; message?: string };
  if (REJECTED.has(code)) {
    return `The database rejected the connection: ${message}. Check ${variable}.`;
  }
  if (code === INSUFFICIENT_PRIVILEGE) {
    const advice = isMigration
      ? 'Let it own the database, as "Database roles" in docs/deploy.md describes, then run the migrations again.'
      : 'Run: npm run db:migrate';
    return `The role in ${variable} lacks a privilege: ${message}. ${advice}`;
  }
  if (message.endsWith('client password must be a string')) {
    return `The database requires a password. Set it in ${variable}.`;
  }
  if (message === 'The server does not support SSL connections') {
    return `The database server does not support TLS. Enable TLS there, or check sslmode in ${variable}.`;
  }
  if (CERTIFICATE_ERROR.test(code)) {
    return `The TLS certificate of the database was rejected: ${message}. Check sslmode and sslrootcert in ${variable}.`;
  }
  if (isReadOnlyError(error)) {
    return `The database is read-only: ${message}. Check that ${variable} points to the primary.`;
  }
  if (isDatabaseUnavailable(error)) {
    return `The database is unavailable: ${message || code}. Check ${variable} and that the database is running.`;
  }
  return undefined;
}

import { accessSync, constants } from 'node:fs';
import pg from 'pg';

/** Parameters of a connection URL that decide about TLS. */
const TLS_PARAMETERS = ['sslmode', 'ssl', 'sslnegotiation', 'sslrootcert', 'sslcert', 'sslkey'];
const LOOPBACK = /^(|localhost|.*\.localhost|127(\.\d+){3}|\[?::1\]?|\/.*)$/i;

/** Says what works instead of a URL with several hosts, after the name of the variable. */
export const MUST_NAME_ONE_HOST =
  'must name one host, because node-postgres does not support several hosts or target_session_attrs. ' +
  'Use an address that always points to the primary, such as a virtual IP address, HAProxy, ' +
  'or the read-write service of your database operator';

/** Returns whether a URL lists several hosts or ports, as libpq allows: `postgres://a:5432,b:5432/name`. */
export function namesSeveralHosts(url: string): boolean {
  const authority = /^postgres(?:ql)?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const parameters = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1]);
  return [host, ...['host', 'hostaddr', 'port'].map((name) => parameters.get(name) ?? '')].some((value) =>
    /,|%2c/i.test(value),
  );
}

/** Returns whether all certificate and key files that a URL names can be read. */
export function namesReadableFiles(url: string): boolean {
  const { searchParams } = new URL(url);
  try {
    for (const parameter of ['sslrootcert', 'sslcert', 'sslkey']) {
      const path = searchParams.get(parameter);
      if (path) {
        accessSync(path, constants.R_OK);
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** Returns whether connections leave the machine without TLS, and the URL doesn't say so with `sslmode=disable`. */
export function isUnencryptedByOmission(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  const isDecided = TLS_PARAMETERS.some((parameter) => searchParams.has(parameter));
  // Without such a parameter, node-postgres applies PGSSLMODE.
  return !LOOPBACK.test(host) && !isDecided && !new pg.Client({ connectionString: url }).ssl;
}

import { InvalidTokenError } from './errors.js';

const SCHEME = /^bearer +/i;

/** The parts of an HTTP request that are needed to authenticate it. */
export interface BearerRequest {
  headers: { authorization?: string; traceparent?: string };
  raw?: { rawHeaders: string[] };
}

/**
 * Returns the token of the `Authorization: Bearer` header (RFC 6750, section 2.1), or undefined if there is none.
 * Takes linear time; the regular expression of passport-jwt's own extractor takes quadratic time.
 * @throws InvalidTokenError if the request has more than one `Authorization` header
 */
export function readBearerToken({ headers, raw }: BearerRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) {
    return undefined;
  }
  // Node.js uses the first of several headers, a proxy may have checked the last.
  if (raw && countAuthorizationHeaders(raw.rawHeaders) > 1) {
    throw new InvalidTokenError('duplicate_header', 'Send exactly one Authorization header.');
  }
  const scheme = SCHEME.exec(authorization)?.[0];
  return scheme && authorization.slice(scheme.length);
}

/** @param rawHeaders names and values, alternating */
function countAuthorizationHeaders(rawHeaders: string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 13 && name.toLowerCase() === 'authorization') {
      count += 1;
    }
  }
  return count;
}

import { InvalidTokenError } from './errors.js';

const SCHEME = /^bearer +/i;
export const MAX_TOKEN_LENGTH = 8_192;

/** The parts of a request that can bear a token. */
export interface BearerRequest {
  headers: { authorization?: string; traceparent?: string };
  raw?: { rawHeaders: string[] };
}

/**
 * What stands in the one `Authorization: Bearer` header (RFC 6750, section 2.1), or undefined where there is none.
 * Linear in the length of the header; passport-jwt's own extractor is quadratic.
 * @throws InvalidTokenError for two such headers, or a token that is too long.
 */
export function readBearerToken({ headers, raw }: BearerRequest): string | undefined {
  const { authorization } = headers;
  if (authorization === undefined) {
    return undefined;
  }
  // Node keeps the first of several, a proxy might look at the last.
  if (raw && countAuthorization(raw.rawHeaders) > 1) {
    throw new InvalidTokenError('duplicate_header', 'Send one Authorization header.');
  }
  const scheme = SCHEME.exec(authorization)?.[0];
  if (!scheme) {
    return undefined;
  }
  if (authorization.length - scheme.length > MAX_TOKEN_LENGTH) {
    throw new InvalidTokenError('too_long', `The token is over ${MAX_TOKEN_LENGTH} characters.`);
  }
  return authorization.slice(scheme.length);
}

/** Raw headers are names and values in turn. */
function countAuthorization(rawHeaders: string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 13 && name.toLowerCase() === 'authorization') {
      count += 1;
    }
  }
  return count;
}

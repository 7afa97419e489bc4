import { isUtf8 } from 'node:buffer';
import { InvalidTokenError } from './errors.js';
import { type Algorithm, ALGORITHMS } from './trusted-key.js';

export const MAX_TOKEN_LENGTH = 8_192;
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
export const KID = /^\P{Cc}{1,512}$/u;
/** A verifier that ignores scopes rejects this type, instead of giving the token full access (RFC 8725, section 3.11). */
const SCOPED_TYPE = 'scoped+jwt';
const TYPES = new Set(['jwt', 'at+jwt', SCOPED_TYPE]);

/** A compact JWS (RFC 7515, section 7.1) with a valid header. Its signature and claims have not been verified. */
export interface ParsedToken {
  algorithm: Algorithm;
  kid: string;
  /** Whether its scopes limit it. */
  isScoped: boolean;
  payload: string;
  signedData: Buffer;
  signature: Buffer;
}

const malformed = () => new InvalidTokenError('malformed', 'The token is malformed.');

/** Splits a token into its three encoded parts. Returns undefined if it does not have three. */
export function splitToken(token: string): [header: string, payload: string, signature: string] | undefined {
  const parts = COMPACT.exec(token);
  return parts ? [parts[1]!, parts[2]!, parts[3]!] : undefined;
}

/**
 * Decodes the JSON object in one part of a token.
 * @throws InvalidTokenError if the part is anything else. Invalid UTF-8 is an error, because replacing it could make
 * two subjects equal.
 */
export function decodePart(part: string): Record<string, unknown> {
  const bytes = Buffer.from(part, 'base64url');
  let value: unknown;
  try {
    value = isUtf8(bytes) && JSON.parse(bytes.toString());
  } catch {
    throw malformed();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed();
  }
  return value as Record<string, unknown>;
}

/**
 * Parses a token and validates its header. Keys and key URLs in the header (`jwk`, `jku`, `x5u`, `x5c`) are ignored.
 * @throws InvalidTokenError if the token is too long, is not a compact JWS or has an unsupported header
 */
export function parseToken(token: string): ParsedToken {
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new InvalidTokenError('too_long', `The token is longer than ${MAX_TOKEN_LENGTH} characters.`);
  }
  const parts = splitToken(token);
  if (!parts) {
    throw malformed();
  }
  const [header, payload, encodedSignature] = parts;
  const { alg, kid, typ, crit, b64, zip } = decodePart(header);
  if (!ALGORITHMS.includes(alg as Algorithm)) {
    throw new InvalidTokenError(
      'algorithm',
      `The token must be signed with one of these algorithms: ${ALGORITHMS.join(', ')}.`,
    );
  }
  if (crit !== undefined || b64 !== undefined || zip !== undefined) {
    throw new InvalidTokenError(
      'unsupported_header',
      'The token header has an unsupported parameter (crit, b64 or zip).',
    );
  }
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (type !== undefined && !TYPES.has(type as string)) {
    throw new InvalidTokenError('type', 'The type (typ) of the token is not that of an access token.');
  }
  if (typeof kid !== 'string' || !KID.test(kid)) {
    throw new InvalidTokenError('missing_kid', 'The token header has no valid key ID (kid).');
  }
  const signature = Buffer.from(encodedSignature, 'base64url');
  // The last character can have unused bits. Only the canonical encoding is valid.
  if (signature.toString('base64url') !== encodedSignature) {
    throw malformed();
  }
  const signedData = Buffer.from(token.slice(0, header.length + 1 + payload.length), 'latin1');
  const isScoped = type === SCOPED_TYPE;
  return { algorithm: alg as Algorithm, kid, isScoped, payload, signedData, signature };
}

import { isUtf8 } from 'node:buffer';
import { InvalidTokenError } from './errors.js';
import { type Algorithm, ALGORITHMS } from './trusted-key.js';

const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
export const KID = /^\P{Cc}{1,512}$/u;
const TYPES = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

/** A compact JWS (RFC 7515, section 7.1) whose header can be accepted; nothing is verified yet. */
export interface ParsedToken {
  algorithm: Algorithm;
  kid: string;
  payload: string;
  signed: Buffer;
  signature: Buffer;
}

const malformed = () => new InvalidTokenError('malformed', 'The token is malformed.');

/** The three parts of a token, encoded as they came. */
export function splitToken(token: string): [header: string, payload: string, signature: string] | undefined {
  const parts = COMPACT.exec(token);
  return parts ? [parts[1]!, parts[2]!, parts[3]!] : undefined;
}

/**
 * The JSON object in one part of a token.
 * @throws InvalidTokenError where there is none. Broken UTF-8 is none: mended, two subjects could become one.
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
 * Takes a token apart. Keys and addresses of keys in the header (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.
 * @throws InvalidTokenError for what is no compact JWS, or has a header that is not accepted.
 */
export function parseToken(token: string): ParsedToken {
  const parts = splitToken(token);
  if (!parts) {
    throw malformed();
  }
  const [header, payload, encodedSignature] = parts;
  const { alg, kid, typ, crit, b64, zip } = decodePart(header);
  if (!ALGORITHMS.includes(alg as Algorithm)) {
    throw new InvalidTokenError(
      'algorithm',
      `The token must be signed with one of ${ALGORITHMS.join(', ')}.`,
    );
  }
  if (crit !== undefined || b64 !== undefined || zip !== undefined) {
    throw new InvalidTokenError(
      'unsupported_header',
      'The token asks for an extension that is not known here.',
    );
  }
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase()))) {
    throw new InvalidTokenError('type', 'The token is no access token.');
  }
  if (typeof kid !== 'string' || !KID.test(kid)) {
    throw new InvalidTokenError('no_key_id', 'The token names no key.');
  }
  const signature = Buffer.from(encodedSignature, 'base64url');
  // A last character can have bits that decode to nothing: only one way to write a signature is accepted.
  if (signature.toString('base64url') !== encodedSignature) {
    throw malformed();
  }
  const signed = Buffer.from(token.slice(0, header.length + 1 + payload.length), 'latin1');
  return { algorithm: alg as Algorithm, kid, payload, signed, signature };
}

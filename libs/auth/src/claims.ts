import { InvalidTokenError } from './errors.js';

const LEEWAY_SECONDS = 5;
const MAX_SUBJECT_LENGTH = 255;
/** Control characters, and halves of surrogate pairs, which are no text. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

/** Who a verified token speaks for. */
export interface AuthUser {
  /** The `sub` of the token. */
  id: string;
  email: string | null;
  name: string | null;
  /** From the claim that the module was told to read; none by default. */
  roles: string[];
}

export interface ExpectedClaims {
  issuer: string;
  audience: string;
  /** The claim that holds the roles, or the path to it: a list of texts, or one text with spaces between. */
  rolesClaim?: string | string[];
}

export type Claims = Record<string, unknown>;

/**
 * The user that the claims of a token name (RFC 7519, section 4.1).
 * @throws InvalidTokenError where a claim is not what is expected, or not of its type.
 */
export function readClaims(claims: Claims, expected: ExpectedClaims): AuthUser {
  const { iss, aud, sub, exp, nbf, iat, email, name } = claims;
  if (iss !== expected.issuer) {
    throw new InvalidTokenError('issuer', 'The token is from another issuer.');
  }
  if (!isFor(expected.audience, aud)) {
    throw new InvalidTokenError('audience', 'The token is for another audience.');
  }
  checkTimes(exp, nbf, iat);
  if (!isSubject(sub)) {
    throw new InvalidTokenError('subject', 'The token has no usable subject.');
  }
  return {
    id: sub,
    email: textOrNull(email),
    name: textOrNull(name),
    roles: readRoles(claims, expected.rolesClaim),
  };
}

function isFor(audience: string, aud: unknown): boolean {
  return (
    aud === audience ||
    (Array.isArray(aud) && aud.includes(audience) && aud.every((one) => typeof one === 'string'))
  );
}

function checkTimes(exp: unknown, nbf: unknown, iat: unknown): void {
  const now = Date.now() / 1000;
  if (!isTime(exp) || !(nbf === undefined || isTime(nbf)) || !(iat === undefined || isTime(iat))) {
    throw new InvalidTokenError('claim_type', 'A time of the token is missing or no number.');
  }
  if (exp + LEEWAY_SECONDS <= now) {
    throw new InvalidTokenError('expired', 'The token expired: get a new one.');
  }
  if (nbf !== undefined && nbf - LEEWAY_SECONDS > now) {
    throw new InvalidTokenError('not_yet_valid', 'The token is not valid yet.');
  }
}

/** Characters are code points: at most two code units each. */
function isSubject(sub: unknown): sub is string {
  return (
    typeof sub === 'string' &&
    sub !== '' &&
    (sub.length <= MAX_SUBJECT_LENGTH ||
      (sub.length <= 2 * MAX_SUBJECT_LENGTH && [...sub].length <= MAX_SUBJECT_LENGTH)) &&
    !NO_TEXT.test(sub)
  );
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

function readRoles(claims: Claims, path: string | string[] = []): string[] {
  const names = typeof path === 'string' ? [path] : path;
  if (names.length === 0) {
    return [];
  }
  let value: unknown = claims;
  for (const name of names) {
    value = Object.hasOwn(Object(value), name) ? (value as Claims)[name] : undefined;
  }
  const roles = typeof value === 'string' ? value.split(' ').filter(Boolean) : value;
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

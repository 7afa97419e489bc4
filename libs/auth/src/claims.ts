import { InvalidTokenError } from './errors.js';

const LEEWAY_SECONDS = 5;
const MAX_SUBJECT_LENGTH = 255;
/** Control characters and lone surrogates. */
const FORBIDDEN_IN_SUBJECT = /[\p{Cc}\p{Cs}]/u;

/** The user that a verified token was issued to. */
export interface AuthUser {
  /** The `sub` claim. */
  id: string;
  email: string | null;
  /** True only if the `email_verified` claim is `true` (OpenID Connect Core 1.0, section 5.1). */
  emailVerified: boolean;
  name: string | null;
  /** Read from the claim named by the option `rolesClaim`; empty if that is not set. */
  roles: string[];
}

export interface ExpectedClaims {
  issuer: string;
  audience: string;
  /** Name of the roles claim, or the path to it. Its value is an array of strings or a space-separated string. */
  rolesClaim?: string | string[];
}

export type Claims = Record<string, unknown>;

/**
 * Returns the user that the claims describe (RFC 7519, section 4.1).
 * @throws InvalidTokenError if a claim has an unexpected value or type
 */
export function validateClaims(claims: Claims, expected: ExpectedClaims): AuthUser {
  const { iss, aud, sub, exp, nbf, iat, email, email_verified, name } = claims;
  if (iss !== expected.issuer) {
    throw new InvalidTokenError('issuer', 'The token was issued by another issuer.');
  }
  if (!includesAudience(aud, expected.audience)) {
    throw new InvalidTokenError('audience', 'The token was issued for another audience.');
  }
  validateTimes(exp, nbf, iat);
  if (!isValidSubject(sub)) {
    throw new InvalidTokenError('subject', 'The token has no valid subject (sub).');
  }
  return {
    id: sub,
    email: stringOrNull(email),
    emailVerified: email_verified === true,
    name: stringOrNull(name),
    roles: readRoles(claims, expected.rolesClaim),
  };
}

function includesAudience(aud: unknown, audience: string): boolean {
  return (
    aud === audience ||
    (Array.isArray(aud) && aud.includes(audience) && aud.every((value) => typeof value === 'string'))
  );
}

function validateTimes(exp: unknown, nbf: unknown, iat: unknown): void {
  const now = Date.now() / 1000;
  if (!isTime(exp)) {
    throw new InvalidTokenError('invalid_time', 'The expiry time (exp) is missing or not a number.');
  }
  if (nbf !== undefined && !isTime(nbf)) {
    throw new InvalidTokenError('invalid_time', 'The start time (nbf) is not a number.');
  }
  if (iat !== undefined && !isTime(iat)) {
    throw new InvalidTokenError('invalid_time', 'The issue time (iat) is not a number.');
  }
  if (exp + LEEWAY_SECONDS <= now) {
    throw new InvalidTokenError('expired', 'The token has expired. Get a new one.');
  }
  if (nbf !== undefined && nbf - LEEWAY_SECONDS > now) {
    throw new InvalidTokenError('not_yet_valid', 'The token is not valid yet.');
  }
}

/** The limit counts code points, each of which is one or two UTF-16 code units. */
function isValidSubject(sub: unknown): sub is string {
  return (
    typeof sub === 'string' &&
    sub !== '' &&
    (sub.length <= MAX_SUBJECT_LENGTH ||
      (sub.length <= 2 * MAX_SUBJECT_LENGTH && [...sub].length <= MAX_SUBJECT_LENGTH)) &&
    !FORBIDDEN_IN_SUBJECT.test(sub)
  );
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const stringOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

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

import { InvalidTokenError } from './errors.js';

const LEEWAY_SECONDS = 5;
const MAX_SUBJECT_LENGTH = 255;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

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
  /** The claim that holds the roles, or the path to it. */
  rolesClaim?: string | string[];
}

/**
 * The user that the claims of a verified token name (RFC 7519, section 4.1).
 * @throws InvalidTokenError where a claim is not what is expected, or not of its type.
 */
export function readClaims(claims: Record<string, unknown>, expected: ExpectedClaims): AuthUser {
  const { iss, aud, sub, exp, nbf, iat, email, name } = claims;
  const now = Date.now() / 1000;
  if (iss !== expected.issuer) {
    throw new InvalidTokenError('issuer', 'The token is from another issuer.', {
      expectedIssuer: expected.issuer,
      foundIssuer: shown(iss),
    });
  }
  if (aud !== expected.audience && !(Array.isArray(aud) && aud.includes(expected.audience))) {
    throw new InvalidTokenError('audience', 'The token is for another audience.', {
      expectedAudience: expected.audience,
      foundAudience: shown(aud),
    });
  }
  if (!isTime(exp) || !(nbf === undefined || isTime(nbf)) || !(iat === undefined || isTime(iat))) {
    throw new InvalidTokenError('claim_type', 'A time of the token is missing or no number.');
  }
  if (exp + LEEWAY_SECONDS <= now) {
    throw new InvalidTokenError('expired', 'The token expired: get a new one.', {
      secondsAgo: Math.round(now - exp),
    });
  }
  if (nbf !== undefined && nbf - LEEWAY_SECONDS > now) {
    throw new InvalidTokenError('not_yet_valid', 'The token is not valid yet.');
  }
  if (
    typeof sub !== 'string' ||
    sub === '' ||
    [...sub].length > MAX_SUBJECT_LENGTH ||
    UNPRINTABLE.test(sub)
  ) {
    throw new InvalidTokenError('subject', 'The token has no usable subject.');
  }
  return {
    id: sub,
    email: textOrNull(email),
    name: textOrNull(name),
    roles: readRoles(claims, expected.rolesClaim),
  };
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
const shown = (value: unknown) => (JSON.stringify(value) ?? 'none').slice(0, 200);

function readRoles(claims: Record<string, unknown>, path: string | string[] = []): string[] {
  const names = [path].flat();
  if (names.length === 0) {
    return [];
  }
  const value = names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    claims,
  );
  const roles = typeof value === 'string' ? value.split(' ') : value;
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

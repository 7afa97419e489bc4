import type { z } from 'zod';
import { InvalidTokenError } from './errors.js';

const LEEWAY_SECONDS = 5;
const MAX_OWNER_LENGTH = 255;
/** Control characters and lone surrogates. */
const FORBIDDEN_IN_OWNER = /[\p{Cc}\p{Cs}]/u;
/** Starts the owner id of every organization. A `sub` that starts with it is rejected. */
const ORGANIZATION_PREFIX = 'org:';
/** Claim names that may be sent in a header and shown to a client. */
const PRINTABLE_CLAIM = /^[\w.:/-]{1,100}$/;

/**
 * The verified claims of a token. An app that passes a schema as the option `claims` declares their types:
 * `declare module '@app/auth' { interface TokenClaims extends z.infer<typeof claimsSchema> {} }`.
 */
export interface TokenClaims {
  [claim: string]: unknown;
  iss: string;
  sub: string;
  aud: string | string[];
  exp: number;
}

/** The user that a verified token was issued to. */
export interface AuthUser {
  /** The `sub` claim: the user who acts. */
  id: string;
  /** The owner of the rows that this token gives access to: the `sub`, or an organization (`org:…`). */
  ownerId: string;
  email: string | null;
  /** True only if the `email_verified` claim is `true` (OpenID Connect Core 1.0, section 5.1). */
  emailVerified: boolean;
  name: string | null;
  /** Read from the claim named by the option `rolesClaim`; empty if that is not set, or if the token has scopes. */
  roles: string[];
  /** The scopes that limit the token. Null: it has the full access of the user. */
  scopes: string[] | null;
  /** All verified claims. Those in the schema of the option `claims` have been validated with it. */
  claims: TokenClaims;
}

export interface ExpectedClaims {
  issuer: string;
  audience: string;
  /** Name of the roles claim, or the path to it. Its value is an array of strings or a space-separated string. */
  rolesClaim?: string | string[];
  /**
   * Limits every token with a `scope` claim to the routes that name one of its scopes with `@Scopes()`. Without this
   * option, that applies to tokens of the type `scoped+jwt` only: other issuers set the claim to values such as
   * `openid profile`.
   */
  checkScopes?: boolean;
  /** Validates further claims. Its output replaces these claims; a token with other values is rejected. */
  claims?: z.ZodType<object>;
  /**
   * Returns the id of the organization whose rows the token gives access to, such as `({ org }) => org`. For null
   * and undefined, the rows belong to the `sub`.
   */
  organization?: (claims: TokenClaims) => string | null | undefined;
}

export type Claims = Record<string, unknown>;

/**
 * Returns the user that the claims describe (RFC 7519, section 4.1).
 * @param isScoped Whether the type of the token says that its scopes limit it.
 * @throws InvalidTokenError if a claim has an unexpected value or type
 */
export function validateClaims(claims: Claims, expected: ExpectedClaims, isScoped = false): AuthUser {
  const { iss, aud, sub, exp, nbf, iat, email, email_verified, name } = claims;
  if (iss !== expected.issuer) {
    throw new InvalidTokenError('issuer', 'The token was issued by another issuer.');
  }
  if (!includesAudience(aud, expected.audience)) {
    throw new InvalidTokenError('audience', 'The token was issued for another audience.');
  }
  validateTimes(exp, nbf, iat);
  if (!isValidOwner(sub) || sub.startsWith(ORGANIZATION_PREFIX)) {
    throw new InvalidTokenError('subject', 'The token has no valid subject (sub).');
  }
  const { scope } = claims;
  const scopes = isScoped || (expected.checkScopes && scope !== undefined) ? parseScopes(scope) : null;
  const verified = expected.claims ? validateDeclared(claims, expected.claims) : (claims as TokenClaims);
  return {
    id: sub,
    ownerId: expected.organization ? findOwner(sub, expected.organization(verified)) : sub,
    email: stringOrNull(email),
    emailVerified: email_verified === true,
    name: stringOrNull(name),
    roles: scopes ? [] : readRoles(claims, expected.rolesClaim),
    scopes,
    claims: verified,
  };
}

/** Returns the owner id of an organization's rows, which no user's `sub` can be equal to. */
export function organizationOwnerId(organizationId: string): string {
  return ORGANIZATION_PREFIX + organizationId;
}

function findOwner(sub: string, organizationId: unknown): string {
  if (organizationId === undefined || organizationId === null) {
    return sub;
  }
  const ownerId = typeof organizationId === 'string' && organizationOwnerId(organizationId);
  if (organizationId === '' || !isValidOwner(ownerId)) {
    throw new InvalidTokenError('owner', 'The token has no valid organization.');
  }
  return ownerId;
}

/** @throws InvalidTokenError that names the first invalid claim */
function validateDeclared(claims: Claims, schema: z.ZodType<object>): TokenClaims {
  const { success, data, error } = schema.safeParse(claims);
  if (success) {
    return { ...(claims as TokenClaims), ...data };
  }
  const name = String(error.issues[0]?.path[0]);
  throw new InvalidTokenError(
    'claims',
    PRINTABLE_CLAIM.test(name) ? `The claim ${name} is not valid.` : 'A claim of the token is not valid.',
  );
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
function isValidOwner(id: unknown): id is string {
  return (
    typeof id === 'string' &&
    id !== '' &&
    (id.length <= MAX_OWNER_LENGTH ||
      (id.length <= 2 * MAX_OWNER_LENGTH && [...id].length <= MAX_OWNER_LENGTH)) &&
    !FORBIDDEN_IN_OWNER.test(id)
  );
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const stringOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

/**
 * Returns the scopes in a `scope` claim (RFC 8693, section 4.2).
 * @throws InvalidTokenError if it is not a string
 */
function parseScopes(scope: unknown): string[] {
  if (typeof scope !== 'string') {
    throw new InvalidTokenError('scope', 'The scope of the token is missing or not a string.');
  }
  return scope.split(' ').filter(Boolean);
}

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

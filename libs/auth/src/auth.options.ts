import type { ExpectedClaims } from './claims.js';

/** The trusted issuer and the expected audience. Both are compared with a token's claims as exact strings. */
export interface AuthOptions extends ExpectedClaims {
  /** The URL of the issuer's JWKS. */
  jwksUrl: string;
}

export const AUTH_OPTIONS = Symbol('auth options');

/**
 * Returns the options if they are complete.
 * @throws Error if an option is missing. Without this check, an undefined audience would match a token without one.
 */
export function validateOptions(options: AuthOptions): AuthOptions {
  for (const name of ['issuer', 'audience', 'jwksUrl'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') {
      throw new Error(`AuthModule requires the option "${name}". Set it to a non-empty string.`);
    }
  }
  return options;
}

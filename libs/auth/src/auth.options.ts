import type { ExpectedClaims } from './claims.js';

/** Whose tokens are trusted: compared as they are written. */
export interface AuthOptions extends ExpectedClaims {
  /** Where the issuer publishes its public keys. */
  jwksUrl: string;
}

export const AUTH_OPTIONS = Symbol('auth options');

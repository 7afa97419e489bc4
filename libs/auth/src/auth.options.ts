import type { ExpectedClaims } from './claims.js';

/** Whose tokens are trusted: compared as they are written. */
export interface AuthOptions extends ExpectedClaims {
  /** Where the issuer publishes its public keys. */
  jwksUrl: string;
}

export const AUTH_OPTIONS = Symbol('auth options');

/** @throws Error where something is missing: a token without an audience must never meet an api that expects none. */
export function checkOptions(options: AuthOptions): AuthOptions {
  for (const name of ['issuer', 'audience', 'jwksUrl'] as const) {
    if (typeof options[name] !== 'string' || options[name] === '') {
      throw new Error(`AuthModule needs the option ${name}.`);
    }
  }
  return options;
}

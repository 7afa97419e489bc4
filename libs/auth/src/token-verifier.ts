import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { type AuthUser, type Claims, validateClaims } from './claims.js';
import { withoutQuery } from './jwks-download.js';
import { KeyStore } from './key-store.js';
import { verifySignature } from './signature.js';
import { decodePart, type ParsedToken, parseToken } from './token.js';
import type { TrustedKey } from './trusted-key.js';

/**
 * Verifies access tokens. It depends on neither HTTP nor passport, so a WebSocket gateway or a job can use it too.
 *
 * Tokens are verified with node:crypto. jsonwebtoken, the default of passport-jwt, does not support EdDSA, parses the
 * key again for every token, and accepts tokens without `exp` and tokens with unknown `crit` extensions.
 */
@Injectable()
export class TokenVerifier implements OnModuleInit {
  private readonly logger = new Logger('Auth');

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    private readonly keyStore: KeyStore,
  ) {}

  onModuleInit(): void {
    const { issuer, audience, jwksUrl } = this.options;
    this.logger.log(
      `Accepting tokens issued by ${issuer} for ${audience}, verified with the keys at ${withoutQuery(jwksUrl)}`,
    );
  }

  /**
   * Returns the user that the token was issued to.
   * @returns a promise only if the key must be fetched first
   * @throws InvalidTokenError, KeysUnavailableError
   */
  verify(token: string): AuthUser | Promise<AuthUser> {
    const parsed = parseToken(token);
    const keys = this.keyStore.get(parsed.kid);
    const validate = (claims: Claims) => validateClaims(claims, this.options, parsed.isScoped);
    if (keys) {
      return validate(this.verifyWithCachedKeys(parsed, keys));
    }
    // A token with invalid claims is rejected without fetching keys for it.
    validate(decodePart(parsed.payload));
    return this.keyStore.waitFor(parsed.kid).then((fetched) => validate(verifySignature(parsed, fetched)));
  }

  /** Marks the keys as stale if they do not verify the token: the issuer may have reused a `kid` for another key. */
  private verifyWithCachedKeys(parsed: ParsedToken, keys: readonly TrustedKey[]): Claims {
    try {
      return verifySignature(parsed, keys);
    } catch (error) {
      this.keyStore.markStale();
      throw error;
    }
  }
}

import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { type BearerRequest, readBearerToken } from './bearer-token.js';
import { type AuthUser, type Claims, readClaims } from './claims.js';
import { withoutQuery } from './jwks-download.js';
import { KeyStore } from './key-store.js';
import { signedClaims } from './signed-claims.js';
import { decodePart, type ParsedToken, parseToken } from './token.js';
import type { TrustedKey } from './trusted-key.js';

/**
 * passport-jwt's strategy with a verification of its own: passport-jwt leaves that to jsonwebtoken, which knows no
 * EdDSA, parses the key for every token, and accepts tokens without `exp` or with a `crit` that it doesn't understand.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) implements OnModuleInit {
  private readonly logger = new Logger('Auth');

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    private readonly keys: KeyStore,
  ) {
    super({
      jwtFromRequest: (request) => readBearerToken(request) ?? null,
      secretOrKeyProvider: (_request, _token, done) => done(new Error('authenticate() finds the key')),
    });
  }

  onModuleInit(): void {
    const { issuer, audience, jwksUrl } = this.options;
    const address = withoutQuery(jwksUrl);
    this.logger.log(
      `Trusts tokens of issuer ${issuer} for audience ${audience}, signed with the keys at ${address}`,
    );
  }

  /** passport's way in: ends in `success` with an AuthUser, or in `fail` with the error that says why not. */
  override authenticate(request: BearerRequest): void {
    try {
      const token = readBearerToken(request);
      const verified = token === undefined ? undefined : this.verify(token);
      if (verified instanceof Promise) {
        verified.then(
          (user) => this.success(user),
          (error) => this.fail(error),
        );
      } else if (verified) {
        this.success(verified);
      } else {
        this.fail(undefined as never);
      }
    } catch (error) {
      this.fail(error as never);
    }
  }

  /**
   * The user that the claims name.
   * @throws InvalidTokenError
   */
  validate(claims: Claims): AuthUser {
    return readClaims(claims, this.options);
  }

  /**
   * @returns a promise only where the key has to be fetched first
   * @throws InvalidTokenError, KeysUnavailableError
   */
  private verify(token: string): AuthUser | Promise<AuthUser> {
    const parsed = parseToken(token);
    const known = this.keys.known(parsed.kid);
    if (known) {
      return this.validate(this.claimsSignedBy(known, parsed));
    }
    // What is to be refused for what it says itself, such as an expired token, is worth no fetch.
    this.validate(decodePart(parsed.payload));
    return this.keys.find(parsed.kid).then((keys) => this.validate(signedClaims(parsed, keys)));
  }

  private claimsSignedBy(known: readonly TrustedKey[], parsed: ParsedToken): Claims {
    try {
      return signedClaims(parsed, known);
    } catch (error) {
      this.keys.doubt();
      throw error;
    }
  }
}

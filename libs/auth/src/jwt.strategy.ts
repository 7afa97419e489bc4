import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.js';
import { type BearerRequest, readBearerToken } from './bearer-token.js';
import { type AuthUser, readClaims } from './claims.js';
import { InvalidTokenError } from './errors.js';
import { KeyStore } from './key-store.js';
import { decodePart, parseToken } from './token.js';
import { isSigned, type TrustedKey } from './trusted-key.js';

let strategies = 0;

/**
 * passport-jwt's strategy with a verification of its own: passport-jwt leaves that to jsonwebtoken, which knows no
 * EdDSA, parses the key for every token, and accepts tokens without `exp` or with a `crit` that it doesn't understand.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) implements OnModuleInit {
  /** passport keeps its strategies by name, one registry for the whole process: each app has a name of its own. */
  readonly strategyName = `jwt-${++strategies}`;
  private readonly logger = new Logger(JwtStrategy.name);

  constructor(
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
    private readonly keys: KeyStore,
  ) {
    super({
      jwtFromRequest: () => null,
      secretOrKeyProvider: (_request, _token, done) => done(new Error('authenticate() finds the key')),
    });
    passport.use(this.strategyName, this);
  }

  /** Fetches the keys without holding up the start. */
  onModuleInit(): void {
    const { issuer, audience, jwksUrl } = this.options;
    this.logger.log(
      `Trusts tokens of issuer ${issuer} for audience ${audience}, signed with the keys at ${jwksUrl}`,
    );
    void this.keys.prefetch();
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

  /** Only authenticate() calls it in passport-jwt, and that is ours. */
  validate(): never {
    throw new Error('authenticate() verifies tokens itself');
  }

  /**
   * @returns a promise only where the key has to be fetched first
   * @throws InvalidTokenError, KeysUnavailableError
   */
  private verify(token: string): AuthUser | Promise<AuthUser> {
    const came = performance.now();
    const parsed = parseToken(token);
    const finish = (trusted: TrustedKey): AuthUser => {
      const { algorithm, kid, signed, signature, payload } = parsed;
      if (!trusted.algorithms.includes(algorithm)) {
        throw new InvalidTokenError('algorithm', 'The key is for another algorithm.', { kid, algorithm });
      }
      if (!isSigned(algorithm, trusted.key, signed, signature)) {
        throw new InvalidTokenError('signature', 'The signature does not verify.', { kid });
      }
      return readClaims(decodePart(payload), this.options);
    };
    const known = this.keys.known(parsed.kid);
    return known ? finish(known) : this.keys.find(parsed.kid, came).then(finish);
  }
}

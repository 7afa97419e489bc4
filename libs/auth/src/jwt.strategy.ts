import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { type BearerRequest, readBearerToken } from './bearer-token.js';
import type { AuthUser } from './claims.js';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { invalidToken, keysUnavailable, missingToken } from './http-exceptions.js';
import { accepted, verifications } from './metrics.js';
import { RejectionLog } from './rejection-log.js';
import { TokenVerifier } from './token-verifier.js';

const VERIFIED_USER = Symbol('verified user');

export interface AuthenticatedRequest extends BearerRequest {
  [VERIFIED_USER]?: AuthUser;
}

type Done = (error: unknown, user?: AuthUser) => void;

/**
 * The passport-jwt strategy named `jwt`, as an adapter of `TokenVerifier`.
 *
 * passport-jwt extracts a token with `jwtFromRequest`, waits for `secretOrKeyProvider` and then calls jsonwebtoken. Here,
 * `secretOrKeyProvider` verifies the token and passes the user on, so the last step is left out.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  /** The options given to passport-jwt's constructor, which its types do not declare as fields. */
  declare private readonly _jwtFromRequest: (request: BearerRequest) => string | null;
  declare private readonly _secretOrKeyProvider: (request: BearerRequest, token: string, done: Done) => void;

  constructor(
    verifier: TokenVerifier,
    private readonly rejectionLog: RejectionLog,
  ) {
    const verify = async (_request: BearerRequest, token: string, done: Done) => {
      try {
        done(null, await verifier.verify(token));
      } catch (error) {
        done(error);
      }
    };
    super({
      jwtFromRequest: (request: BearerRequest) => readBearerToken(request) ?? null,
      secretOrKeyProvider: verify as SecretOrKeyProvider,
    });
  }

  /**
   * Implements passport's interface, for `AuthGuard('jwt')` of @nestjs/passport. Rejections are reported as errors and
   * not as failures: the guard throws an error unchanged, but replaces a failure by a 401 without headers.
   */
  override authenticate(request: AuthenticatedRequest): void {
    this.authenticateRequest(request).then(
      (user) => this.success(user),
      (error) => this.error(error),
    );
  }

  /**
   * Returns the user of the request's token. A request is verified once, however many guards call this method.
   * @throws UnauthorizedException, or ServiceUnavailableException if the signing keys are unavailable
   */
  async authenticateRequest(request: AuthenticatedRequest): Promise<AuthUser> {
    if (request[VERIFIED_USER]) {
      return request[VERIFIED_USER];
    }
    try {
      const user = await this.verifyRequest(request);
      accepted.inc();
      request[VERIFIED_USER] = user;
      return user;
    } catch (error) {
      throw this.toHttpException(error, request);
    }
  }

  /** Nest's hook for what a strategy returns. `TokenVerifier` has validated everything already. */
  validate(user: AuthUser): AuthUser {
    return user;
  }

  /** Calls the functions that passport-jwt was given: extract the token, then verify it. */
  private verifyRequest(request: BearerRequest): Promise<AuthUser> {
    return new Promise((resolve, reject) => {
      const token = this._jwtFromRequest(request);
      if (token === null) {
        verifications.inc({ outcome: 'missing' });
        throw missingToken();
      }
      this._secretOrKeyProvider(request, token, (error, user) =>
        user ? resolve(this.validate(user)) : reject(error),
      );
    });
  }

  private toHttpException(error: unknown, request: BearerRequest): unknown {
    if (error instanceof KeysUnavailableError) {
      verifications.inc({ outcome: 'unavailable' });
      this.rejectionLog.write('unavailable', request);
      return keysUnavailable(error);
    }
    if (error instanceof InvalidTokenError) {
      verifications.inc({ outcome: error.reason });
      this.rejectionLog.write(error.reason, request);
      return invalidToken(error);
    }
    return error;
  }
}

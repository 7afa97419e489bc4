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
type TokenExtractor = (request: BearerRequest) => string | null;
type VerifyToken = (token: string) => AuthUser | Promise<AuthUser>;

/**
 * The Passport strategy `jwt`, an adapter between HTTP requests and `TokenVerifier`.
 *
 * passport-jwt is only the base class: it sets the name `jwt` and takes `jwtFromRequest` and `secretOrKeyProvider`.
 * Its `authenticate()` never runs, because it verifies tokens with jsonwebtoken, which does not support EdDSA. The
 * function passed as `secretOrKeyProvider` verifies the token itself, and returns a user instead of a key.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  // Not `#` fields: for each request, Passport calls authenticate() on `Object.create(strategy)`, which has none.
  private readonly extractToken: TokenExtractor;
  private readonly verifyToken: VerifyToken;

  constructor(
    verifier: TokenVerifier,
    private readonly rejectionLog: RejectionLog,
  ) {
    const extractToken: TokenExtractor = (request) => readBearerToken(request) ?? null;
    const verifyToken: VerifyToken = (token) => verifier.verify(token);
    const provideUser = async (_request: BearerRequest, token: string, done: Done) => {
      try {
        done(null, await verifyToken(token));
      } catch (error) {
        done(error);
      }
    };
    super({
      jwtFromRequest: extractToken,
      secretOrKeyProvider: provideUser as SecretOrKeyProvider,
    });
    this.extractToken = extractToken;
    this.verifyToken = verifyToken;
  }

  /**
   * Replaces passport-jwt's method, for `AuthGuard('jwt')` of @nestjs/passport. Rejections are reported as errors and
   * not as failures: the guard throws an error unchanged, but replaces a failure by a 401 without headers.
   */
  override authenticate(request: AuthenticatedRequest): void {
    new Promise<AuthUser>((resolve) => resolve(this.authenticateRequest(request))).then(
      (user) => this.success(user),
      (error) => this.error(error),
    );
  }

  /**
   * Returns the user of the request's token. A request is verified once, however many guards call this method.
   * @returns a promise only if the key must be fetched first
   * @throws UnauthorizedException, or ServiceUnavailableException if the signing keys are unavailable
   */
  authenticateRequest(request: AuthenticatedRequest): AuthUser | Promise<AuthUser> {
    if (request[VERIFIED_USER]) {
      return request[VERIFIED_USER];
    }
    const accept = (user: AuthUser) => {
      accepted.inc();
      request[VERIFIED_USER] = this.validate(user);
      return request[VERIFIED_USER];
    };
    const reject = (error: unknown): never => {
      throw this.toHttpException(error, request);
    };
    try {
      const user = this.verifyRequest(request);
      return user instanceof Promise ? user.then(accept).catch(reject) : accept(user);
    } catch (error) {
      return reject(error);
    }
  }

  /** Nest's hook for the user that a strategy returns. `TokenVerifier` has already validated the claims. */
  validate(user: AuthUser): AuthUser {
    return user;
  }

  private verifyRequest(request: BearerRequest): AuthUser | Promise<AuthUser> {
    const token = this.extractToken(request);
    if (token === null) {
      verifications.inc({ outcome: 'missing' });
      throw missingToken();
    }
    return this.verifyToken(token);
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

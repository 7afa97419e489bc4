import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  type HttpException,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { BearerRequest } from './bearer-token.js';
import type { AuthUser } from './claims.js';
import { accessOf } from './decorators.js';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { JwtStrategy } from './jwt.strategy.js';
import { accepted, verifications } from './metrics.js';
import { RefusalLog } from './refusal-log.js';

/** An error with the headers that its answer needs. */
function withHeaders<E extends HttpException>(error: E, headers: Record<string, string>): E {
  return Object.assign(error, { headers });
}

/** Lets verified tokens alone pass, and everyone where a route is `@Public()`. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(
    private readonly refusals: RefusalLog,
    private readonly strategy: JwtStrategy,
  ) {}

  /** @throws UnauthorizedException, ForbiddenException, or ServiceUnavailableException where the keys can't be had. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { isPublic, roles } = accessOf(context.getHandler(), context.getClass());
    if (isPublic) {
      return true;
    }
    const request = context.switchToHttp().getRequest<BearerRequest & { user?: AuthUser }>();
    const user = await this.authenticate(request).catch((reason: unknown) => {
      throw this.refusal(reason, request);
    });
    accepted.inc();
    request.user = user;
    if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
      throw withHeaders(new ForbiddenException(`This needs the role ${roles.join(' or ')}.`), {
        'www-authenticate': 'Bearer error="insufficient_scope"',
      });
    }
    return true;
  }

  /**
   * Runs the strategy as passport's middleware does, without what that adds for sessions and redirects: a fifth of what
   * a request costs.
   */
  private authenticate(request: BearerRequest): Promise<AuthUser> {
    return new Promise((success, fail) => {
      const attempt: JwtStrategy = Object.create(this.strategy);
      Object.assign(attempt, { success, fail }).authenticate(request);
    });
  }

  private refusal(reason: unknown, request: BearerRequest): unknown {
    if (reason instanceof KeysUnavailableError) {
      verifications.inc({ outcome: 'unavailable' });
      this.refusals.write('unavailable', request);
      return withHeaders(new ServiceUnavailableException(reason.message), {
        'retry-after': String(reason.retryAfterSeconds),
      });
    }
    if (reason instanceof InvalidTokenError) {
      verifications.inc({ outcome: reason.reason });
      this.refusals.write(reason.reason, request);
      return withHeaders(new UnauthorizedException(reason.description), {
        'www-authenticate': `Bearer error="invalid_token", error_description="${reason.description}"`,
      });
    }
    if (reason) {
      return reason;
    }
    verifications.inc({ outcome: 'missing' });
    return withHeaders(new UnauthorizedException('Send a token: Authorization: Bearer <token>.'), {
      'www-authenticate': 'Bearer',
    });
  }
}

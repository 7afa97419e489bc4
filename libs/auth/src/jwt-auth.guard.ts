import {
  type ExecutionContext,
  ForbiddenException,
  type HttpException,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { BearerRequest } from './bearer-token.js';
import type { AuthUser } from './claims.js';
import { accessOf } from './decorators.js';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { JwtStrategy } from './jwt.strategy.js';
import { verifications } from './metrics.js';
import { RefusalLog } from './refusal-log.js';

/** An error with the headers that its answer needs. */
function withHeaders<E extends HttpException>(error: E, headers: Record<string, string>): E {
  return Object.assign(error, { headers });
}

/** Lets verified tokens alone pass, and everyone where a route is `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  constructor(
    private readonly refusals: RefusalLog,
    strategy: JwtStrategy,
  ) {
    super({ defaultStrategy: strategy.strategyName });
  }

  /** @throws UnauthorizedException, ForbiddenException, or ServiceUnavailableException where the keys can't be had. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const { isPublic, roles } = accessOf(context.getHandler(), context.getClass());
    if (isPublic) {
      return true;
    }
    await super.canActivate(context);
    const { user } = context.switchToHttp().getRequest<{ user: AuthUser }>();
    if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
      throw withHeaders(new ForbiddenException(`This needs the role ${roles.join(' or ')}.`), {
        'www-authenticate': 'Bearer error="insufficient_scope"',
      });
    }
    return true;
  }

  /** passport's way out: the user whom the strategy found, or the error why it found none. */
  override handleRequest<User = AuthUser>(
    error: unknown,
    user: User | false,
    info: unknown,
    context: ExecutionContext,
  ): User {
    if (user) {
      verifications.inc({ outcome: 'accepted' });
      return user;
    }
    throw this.refusal(error ?? info, context.switchToHttp().getRequest());
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

import {
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  Logger,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { AuthUser } from './claims.js';
import { IS_PUBLIC, ROLES } from './decorators.js';
import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import { JwtStrategy } from './jwt.strategy.js';
import { verifications } from './metrics.js';

/** An error of ours with the headers that its answer needs. */
function withHeaders<E extends HttpException>(error: E, headers: Record<string, string>): E {
  return Object.assign(error, { headers });
}

/** Lets verified tokens alone pass, and everyone where a route is `@Public()`. */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  private readonly logger = new Logger(JwtAuthGuard.name);

  constructor(
    private readonly reflector: Reflector,
    strategy: JwtStrategy,
  ) {
    super({ defaultStrategy: strategy.strategyName });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets)) {
      return true;
    }
    await super.canActivate(context);
    const roles = this.reflector.getAllAndOverride<string[] | undefined>(ROLES, targets);
    const { user } = context.switchToHttp().getRequest<{ user: AuthUser }>();
    if (roles && !roles.some((role) => user.roles.includes(role))) {
      throw withHeaders(new ForbiddenException(`This needs the role ${roles.join(' or ')}.`), {
        'www-authenticate': 'Bearer error="insufficient_scope"',
      });
    }
    return true;
  }

  /** @throws UnauthorizedException, or ServiceUnavailableException where the keys can't be had. */
  override handleRequest<User = AuthUser>(error: unknown, user: User | false, info: unknown): User {
    if (user) {
      verifications.inc({ outcome: 'accepted' });
      return user;
    }
    throw this.refusal(error ?? info);
  }

  private refusal(reason: unknown): unknown {
    if (reason instanceof KeysUnavailableError) {
      verifications.inc({ outcome: 'unavailable' });
      return withHeaders(new ServiceUnavailableException(reason.message), {
        'retry-after': String(reason.retryAfterSeconds),
      });
    }
    if (reason instanceof InvalidTokenError) {
      verifications.inc({ outcome: reason.reason });
      this.logger.warn({ message: 'token refused', reason: reason.reason, ...reason.details });
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

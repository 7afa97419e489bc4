import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { AuthUser } from './claims.js';
import { type AccessRules, getAccessRules } from './decorators.js';
import { missingRole, missingScope } from './http-exceptions.js';
import { type AuthenticatedRequest, JwtStrategy } from './jwt.strategy.js';

/** Requires a valid access token on every route that is not `@Public()`, and checks `@Roles()` and `@Scopes()`. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(private readonly strategy: JwtStrategy) {}

  /**
   * Calls `JwtStrategy` directly. `AuthGuard('jwt')` has the same result, but runs Passport's middleware, which prepares
   * sessions and redirects for every request: half as much CPU time as verifying the signature.
   * This guard returns a promise only if the key must be fetched first, because Nest wraps it in further promises.
   * @throws UnauthorizedException, ForbiddenException, or ServiceUnavailableException if the signing keys are unavailable
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const rules = getAccessRules(context.getHandler(), context.getClass());
    if (rules.isPublic) {
      return true;
    }
    const request = context.switchToHttp().getRequest<AuthenticatedRequest & { user?: AuthUser }>();
    const authorize = (user: AuthUser) => {
      request.user = user;
      assertAllowed(user, rules);
      return true;
    };
    const user = this.strategy.authenticateRequest(request);
    return user instanceof Promise ? user.then(authorize) : authorize(user);
  }
}

/** @throws ForbiddenException */
function assertAllowed(user: AuthUser, { roles, scopes }: AccessRules): void {
  if (user.scopes && !scopes.some((scope) => user.scopes!.includes(scope))) {
    throw missingScope(scopes);
  }
  if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
    throw missingRole(roles);
  }
}

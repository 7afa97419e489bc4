import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { AuthUser } from './claims.js';
import { getAccessRules } from './decorators.js';
import { missingRole, missingScope } from './http-exceptions.js';
import { type AuthenticatedRequest, JwtStrategy } from './jwt.strategy.js';

/** Requires a valid access token on every route that is not `@Public()`, and checks `@Roles()` and `@Scopes()`. */
@Injectable()
export class JwtAuthGuard implements CanActivate {
  constructor(private readonly strategy: JwtStrategy) {}

  /**
   * Calls `JwtStrategy` directly. `AuthGuard('jwt')` has the same result, but runs Passport's middleware, which prepares
   * sessions and redirects for every request: half as much CPU time as verifying the signature.
   * @throws UnauthorizedException, ForbiddenException, or ServiceUnavailableException if the signing keys are unavailable
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { isPublic, roles, scopes } = getAccessRules(context.getHandler(), context.getClass());
    if (isPublic) {
      return true;
    }
    const request = context.switchToHttp().getRequest<AuthenticatedRequest & { user?: AuthUser }>();
    const user = await this.strategy.authenticateRequest(request);
    request.user = user;
    if (user.scopes && !scopes.some((scope) => user.scopes!.includes(scope))) {
      throw missingScope(scopes);
    }
    if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
      throw missingRole(roles);
    }
    return true;
  }
}

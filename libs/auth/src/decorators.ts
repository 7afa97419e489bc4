import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AuthUser } from './claims.js';

export const IS_PUBLIC = 'auth:public';
export const ROLES = 'auth:roles';

/** Opens a route, or all routes of a controller, to everyone. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Asks for one of these roles; a token without is answered 403. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(ROLES, roles);

/** The AuthUser that the token of the request names. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: AuthUser }>().user,
);

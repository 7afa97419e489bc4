import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AuthUser } from './claims.js';

export const IS_PUBLIC = 'auth:public';
export const ROLES = 'auth:roles';

/** Opens a route, or all routes of a controller but those with `@Roles()`, to everyone. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Asks for one of these roles; a token without is answered 403. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(ROLES, roles);

/** The AuthUser that the token of the request names. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: AuthUser }>().user,
);

export interface Access {
  isPublic: boolean;
  /** One of them is asked for, where there are any. */
  roles: string[];
}

/** What a route asks for, by its own decorators before those of its controller; asking for a role closes it. */
export function accessOf(handler: object, controller: object): Access {
  const roles: string[] | undefined = Reflect.getMetadata(ROLES, handler);
  const isPublic: boolean | undefined = Reflect.getMetadata(IS_PUBLIC, handler);
  if (roles || isPublic) {
    return { isPublic: !roles, roles: roles ?? [] };
  }
  return {
    isPublic: Reflect.hasMetadata(IS_PUBLIC, controller) && !Reflect.hasMetadata(ROLES, controller),
    roles: Reflect.getMetadata(ROLES, controller) ?? [],
  };
}

import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AuthUser } from './claims.js';

export const IS_PUBLIC = 'auth:public';
export const ROLES = 'auth:roles';
export const VERIFIED_EMAIL = 'auth:verifiedEmail';

/** Makes a route, or every route of a controller, accessible without a token. `@Roles()` on a route overrides it. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Requires at least one of the roles; the response to a token without them is 403. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(ROLES, roles);

/** Injects the authenticated user, who acts, into a parameter of a route handler. For the owner of rows, use `@Owner()`. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: AuthUser }>().user,
);

/** Injects the owner of the rows that the token gives access to: the `sub`, or the organization of `AuthOptions`. */
export const Owner = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { user } = context.switchToHttp().getRequest<{ user?: AuthUser }>();
  if (!user) {
    throw new Error(
      '@Owner() needs a token, and this route is @Public(). Take the owner from a signed value instead.',
    );
  }
  return user.ownerId;
});

export interface AccessRules {
  isPublic: boolean;
  /** The user needs at least one of them; empty: any authenticated user has access. */
  roles: string[];
  requiresVerifiedEmail: boolean;
}

/**
 * Returns the access rules of a route. Decorators of the handler override those of the controller, and `@Roles()`
 * overrides `@Public()` at the same level.
 */
export function getAccessRules(handler: object, controller: object): AccessRules {
  const requiresVerifiedEmail = [handler, controller].some((target) =>
    Reflect.hasMetadata(VERIFIED_EMAIL, target),
  );
  const roles: string[] | undefined = Reflect.getMetadata(ROLES, handler);
  const isPublic: boolean | undefined = Reflect.getMetadata(IS_PUBLIC, handler);
  if (roles || isPublic) {
    return { isPublic: !roles, roles: roles ?? [], requiresVerifiedEmail };
  }
  return {
    isPublic: Reflect.hasMetadata(IS_PUBLIC, controller) && !Reflect.hasMetadata(ROLES, controller),
    roles: Reflect.getMetadata(ROLES, controller) ?? [],
    requiresVerifiedEmail,
  };
}

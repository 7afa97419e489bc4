import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AuthUser } from './claims.js';

export const IS_PUBLIC = 'auth:public';
export const ROLES = 'auth:roles';
export const SCOPES = 'auth:scopes';
export const VERIFIED_EMAIL = 'auth:verifiedEmail';

/** Makes a route, or every route of a controller, accessible without a token. `@Roles()` and `@Scopes()` on a route override it. */
export const Public = () => SetMetadata(IS_PUBLIC, true);

/** Requires at least one of the roles; the response to a token without them is 403. */
export const Roles = (...roles: [string, ...string[]]) => SetMetadata(ROLES, roles);

/**
 * Makes a route, or every route of a controller, accessible to tokens that are limited to scopes, if they have at least one of
 * these. A route that names no scope responds with 403 to them. Other tokens need no scope.
 *
 * @throws Error if a scope contains other characters than letters, digits and `:._-`
 */
export const Scopes = (...scopes: [string, ...string[]]) => {
  const invalid = scopes.find((scope) => !/^[\w:.-]+$/.test(scope));
  if (invalid !== undefined) {
    throw new Error(`The scope ${JSON.stringify(invalid)} is invalid. Use letters, digits and ":._-".`);
  }
  return SetMetadata(SCOPES, scopes);
};

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
  /** A token with scopes needs at least one of them; empty: no such token has access. */
  scopes: string[];
  requiresVerifiedEmail: boolean;
}

/**
 * Returns the access rules of a route. Decorators of the handler override those of the controller, and `@Roles()` and
 * `@Scopes()` override `@Public()` at the same level.
 */
export function getAccessRules(handler: object, controller: object): AccessRules {
  const targets = [handler, controller];
  const isRestricted = (target: object) =>
    Reflect.hasMetadata(ROLES, target) || Reflect.hasMetadata(SCOPES, target);
  const nearest = targets.find((target) => isRestricted(target) || Reflect.hasMetadata(IS_PUBLIC, target));
  const isPublic = nearest !== undefined && !isRestricted(nearest);
  const find = (key: string): string[] =>
    Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller) ?? [];
  return {
    isPublic,
    roles: isPublic ? [] : find(ROLES),
    scopes: isPublic ? [] : find(SCOPES),
    requiresVerifiedEmail: targets.some((target) => Reflect.hasMetadata(VERIFIED_EMAIL, target)),
  };
}

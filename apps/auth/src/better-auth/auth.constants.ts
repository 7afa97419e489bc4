/** Injection token of the Better Auth instance. */
export const AUTH = Symbol('Auth');

/** Injection token of the Better Auth instance. */
export const AUTH = Symbol('Auth');

/** Injection token of the ids and names of the configured providers. */
export const SOCIAL_PROVIDERS = Symbol('SocialProviders');

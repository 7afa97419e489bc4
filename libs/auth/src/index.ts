export { AuthModule } from './auth.module.js';
export type { AuthOptions } from './auth.options.js';
export { type AuthUser, organizationOwnerId, type TokenClaims } from './claims.js';
export { type AccessRules, CurrentUser, getAccessRules, Owner, Public, Roles, Scopes } from './decorators.js';
export { InvalidTokenError, KeysUnavailableError, type RejectionReason } from './errors.js';
export { JwtAuthGuard } from './jwt-auth.guard.js';
export { JwtStrategy } from './jwt.strategy.js';
export { TokenVerifier } from './token-verifier.js';
export { RequireVerifiedEmail } from './verified-email.guard.js';

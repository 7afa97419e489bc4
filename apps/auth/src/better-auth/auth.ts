import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { jwt, type JwtOptions } from 'better-auth/plugins/jwt';
import { type Database, SCHEMA } from '../database/database.js';
import type { Mailer } from '../mail/mailer.js';
import { addressTakenMessage, resetPasswordMessage, verifyEmailMessage } from '../mail/messages.js';
import { RateLimitCounters } from '../rate-limit/rate-limit-counters.js';
import { accountLimits, addressLimits } from '../rate-limit/rate-limits.js';
import { signingKeyStore } from '../signing-keys/signing-key-store.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';
import { accountRules } from './account-rules.js';
import { completePasswordReset } from './password-reset.js';
import { redirectRules } from './redirect-rules.js';

export interface AuthSettings {
  /** The origin that browsers use, without a path. */
  baseUrl: string;
  /** Signs cookies and encrypts the signing keys. */
  secret: string;
  issuer: string;
  audience: string;
  /** Origins in addition to `baseUrl` that may send requests with a cookie. */
  trustedOrigins: string[];
  requireEmailVerification: boolean;
  rateLimitsEnabled: boolean;
  /** If the secret has changed, replaces the signing key instead of failing at startup. */
  replaceUnreadableSigningKey: boolean;
}

export interface AuthDependencies {
  db: Database;
  mailer: Mailer;
  log: NonNullable<BetterAuthOptions['logger']>['log'];
  onAccountDeleted: () => void;
}

/** Contains the client's IP address. `BetterAuthRoutes` overwrites any value that the client sends. */
export const CLIENT_ADDRESS_HEADER = 'x-client-address';

/**
 * Verification emails per account, including those that a sign-in sends. An email over the limit is skipped without an
 * error: a response that depends on this counter would reveal whether the account exists.
 */
const verificationEmailLimit = { window: 60 * 60, max: 5 };

/** Returns the options of Better Auth's jwt plugin: RS256 tokens that identify the user. */
export function jwtOptions(
  db: Database,
  { issuer, audience }: Pick<AuthSettings, 'issuer' | 'audience'>,
): JwtOptions {
  const { tokenSeconds, rotationSeconds, graceSeconds } = tokenLifetimes;
  return {
    // Issue tokens only at /token, not in a header of every session response.
    disableSettingJwtHeader: true,
    adapter: signingKeyStore(db),
    jwks: {
      keyPairConfig: { alg: 'RS256', modulusLength: 2048 },
      rotationInterval: rotationSeconds,
      gracePeriod: graceSeconds,
    },
    jwt: {
      issuer,
      audience,
      expirationTime: `${tokenSeconds}s`,
      definePayload: ({ user }) => ({
        email: user.email,
        email_verified: user.emailVerified,
        name: user.name,
      }),
    },
  };
}

export function authOptions(settings: AuthSettings, { db, mailer, log, onAccountDeleted }: AuthDependencies) {
  const { baseUrl, requireEmailVerification } = settings;
  const counters = new RateLimitCounters(db);
  return {
    baseURL: baseUrl,
    secret: settings.secret,
    trustedOrigins: settings.trustedOrigins,
    database: { db, type: 'postgres', schemaName: SCHEMA, transaction: true },
    telemetry: { enabled: false },
    logger: { level: 'warn', log },
    onAPIError: { throw: true },
    emailAndPassword: {
      enabled: true,
      requireEmailVerification,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, token }) =>
        mailer.send(user.email, resetPasswordMessage(baseUrl, token)),
      onPasswordReset: ({ user }) => completePasswordReset(db, user.id),
      onExistingUserSignUp: async ({ user }) => mailer.send(user.email, addressTakenMessage(baseUrl)),
    },
    emailVerification: {
      sendOnSignUp: mailer.available,
      sendOnSignIn: true,
      sendVerificationEmail: async ({ user, token }) =>
        mailer.send(user.email, verifyEmailMessage(baseUrl, token), async () => {
          const key = `verification-email|${user.id}`;
          return !settings.rateLimitsEnabled || (await counters.consume(key, verificationEmailLimit)).allowed;
        }),
    },
    user: { deleteUser: { enabled: true, afterDelete: async () => onAccountDeleted() } },
    verification: { storeIdentifier: 'hashed' },
    rateLimit: addressLimits(counters, settings.rateLimitsEnabled),
    advanced: {
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // Better Auth disables both checks if NODE_ENV is `test`, unless they are set explicitly.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    plugins: [
      jwt(jwtOptions(db, settings)),
      redirectRules(),
      accountRules(),
      ...(settings.rateLimitsEnabled ? [accountLimits(counters)] : []),
    ],
  } satisfies BetterAuthOptions;
}

export function createAuth(settings: AuthSettings, dependencies: AuthDependencies) {
  return betterAuth(authOptions(settings, dependencies));
}

export type Auth = ReturnType<typeof createAuth>;

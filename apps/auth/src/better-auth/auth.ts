import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { jwt, type JwtOptions } from 'better-auth/plugins/jwt';
import { sql } from 'kysely';
import { type Database, SCHEMA } from '../database/database.js';
import type { Mailer } from '../mail/mailer.js';
import { addressTakenMail, resetPasswordMail, verifyEmailMail } from '../mail/messages.js';
import { accountRules } from './account-rules.js';
import { RateLimitCounters } from '../rate-limit/rate-limit-counters.js';
import { accountLimits, addressLimits } from '../rate-limit/rate-limits.js';
import { signingKeyStore } from '../signing-keys/signing-key-store.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';

export interface AuthSettings {
  /** The origin that browsers see, without a path. */
  baseUrl: string;
  /** Signs cookies and encrypts the signing keys. */
  secret: string;
  issuer: string;
  audience: string;
  /** Origins besides `baseUrl` that may call with a cookie. */
  trustedOrigins: string[];
  requireEmailVerification: boolean;
  rateLimited: boolean;
  /** Makes a new signing key where the secret has changed, rather than refuse to start. */
  renewUnreadableKey: boolean;
}

export interface AuthParts {
  db: Database;
  mailer: Mailer;
  log: NonNullable<BetterAuthOptions['logger']>['log'];
  /** Called after an account was deleted. */
  onAccountDeleted: () => void;
}

/** The header that the host puts the client's address into, having thrown away what the client sent under its name. */
export const CLIENT_ADDRESS_HEADER = 'x-client-address';

/** The options of Better Auth's jwt plugin: RS256 tokens that say who, by whom and for whom, and no more. */
export function jwtOptions(
  db: Database,
  { issuer, audience }: Pick<AuthSettings, 'issuer' | 'audience'>,
): JwtOptions {
  const { tokenSeconds, rotationSeconds, graceSeconds } = tokenLifetimes;
  return {
    // A token for whoever asks for one: not with every answer about the session.
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
      definePayload: ({ user }) => ({ email: user.email, name: user.name }),
    },
  };
}

export function authOptions(settings: AuthSettings, { db, mailer, log, onAccountDeleted }: AuthParts) {
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
        mailer.send(user.email, resetPasswordMail(baseUrl, token)),
      // Links asked for earlier are void once one was used.
      onPasswordReset: async ({ user }) => {
        await sql`delete from auth.verification where value = ${user.id}`.execute(db);
      },
      onExistingUserSignUp: async ({ user }) => mailer.send(user.email, addressTakenMail(baseUrl)),
    },
    emailVerification: {
      sendOnSignUp: mailer.available,
      sendVerificationEmail: async ({ user, token }) =>
        mailer.send(user.email, verifyEmailMail(baseUrl, token)),
    },
    user: { deleteUser: { enabled: true, afterDelete: async () => onAccountDeleted() } },
    verification: { storeIdentifier: 'hashed' },
    rateLimit: addressLimits(counters, settings.rateLimited),
    advanced: {
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // Better Auth leaves both out under NODE_ENV=test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    plugins: [
      jwt(jwtOptions(db, settings)),
      accountRules(),
      ...(settings.rateLimited ? [accountLimits(counters)] : []),
    ],
  } satisfies BetterAuthOptions;
}

export function createAuth(settings: AuthSettings, parts: AuthParts) {
  return betterAuth(authOptions(settings, parts));
}

export type Auth = ReturnType<typeof createAuth>;

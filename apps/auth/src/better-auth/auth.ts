import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { jwt, type JwtOptions } from 'better-auth/plugins/jwt';
import { administration, beforeOwnDeletion } from '../admin/admin.plugin.js';
import { bans } from '../admin/bans.js';
import { type Database, SCHEMA } from '../database/database.js';
import { emailChange } from '../email-change/email-change.plugin.js';
import type { MailSender } from '../mail/mailer.js';
import { type EmailKind, type EmailParameters, linkLifetimes } from '../mail/messages.js';
import { personalTokens } from '../personal-tokens/personal-tokens.plugin.js';
import { RateLimitCounters } from '../rate-limit/rate-limit-counters.js';
import { accountLimits, addressLimits } from '../rate-limit/rate-limits.js';
import { SIGNING_ALGORITHM, signingKeyStore } from '../signing-keys/signing-key-store.js';
import { cachedSigningOptions, type SigningOptions } from '../signing-keys/signing-options.js';
import { tokenEndpoint } from '../signing-keys/token-endpoint.js';
import { tokenLifetimes } from '../signing-keys/token-lifetimes.js';
import { openIdProvider } from '../social-sign-in/openid-provider.js';
import { providerOptions, type SocialProviders } from '../social-sign-in/social-providers.js';
import { disabledPaths, socialSignIn } from '../social-sign-in/social-sign-in.js';
import { accountRules } from './account-rules.js';
import { credentialChecks } from './credential-checks.js';
import { type CurrentSessionReader, currentSessionReader } from './current-session.js';
import { passwordHashing, signUpHashing } from './password-hashing.js';
import { passwordReset } from './password-reset.js';
import { redirectRules } from './redirect-rules.js';
import { sessionEndpoint } from './session-endpoint.js';
import { sessionQuota } from './session-quota.js';

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
  socialProviders: SocialProviders;
  rateLimitsEnabled: boolean;
  /** If the secret has changed, replaces the signing key instead of failing at startup. */
  replaceUnreadableSigningKey: boolean;
}

export interface AuthDependencies {
  db: Database;
  mailer: MailSender;
  log: NonNullable<BetterAuthOptions['logger']>['log'];
  onAccountDeleted: () => void;
}

/** Contains the client's IP address. `BetterAuthRoutes` overwrites any value that the client sends. */
export const CLIENT_ADDRESS_HEADER = 'x-client-address';

/**
 * Verification emails per account, including those that a sign-in sends. An email over the limit is skipped without an
 * error: a response that depends on this counter would reveal whether the account exists.
 */
const verificationEmailLimit = { window: linkLifetimes.hourSeconds, max: 5 };

/** Better Auth's jwt plugin with RS256 tokens that identify the user. */
function tokens(
  options: JwtOptions,
  signingOptions: SigningOptions,
  readCurrentSession: CurrentSessionReader,
) {
  const plugin = jwt(options);
  const getToken = tokenEndpoint(signingOptions, readCurrentSession);
  return { ...plugin, endpoints: { ...plugin.endpoints, getToken } };
}

function jwtOptions(db: Database, { issuer, audience }: AuthSettings): JwtOptions {
  const { tokenSeconds, rotationSeconds, graceSeconds } = tokenLifetimes;
  return {
    // Issue tokens only at /token, not in a header of every session response.
    disableSettingJwtHeader: true,
    adapter: signingKeyStore(db),
    jwks: {
      keyPairConfig: { alg: SIGNING_ALGORITHM, modulusLength: 2048 },
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
        ...(user.roles?.length > 0 && { roles: user.roles }),
      }),
    },
  };
}

export function authOptions(settings: AuthSettings, { db, mailer, log, onAccountDeleted }: AuthDependencies) {
  const { baseUrl, requireEmailVerification, socialProviders } = settings;
  const counters = new RateLimitCounters(db);
  const readCurrentSession = currentSessionReader(db);
  const tokenOptions = jwtOptions(db, settings);
  const signingOptions = cachedSigningOptions(tokenOptions);
  const isVerificationEmailAllowed = async (userId: string) =>
    !settings.rateLimitsEnabled ||
    (await counters.consume(`verification-email|${userId}`, verificationEmailLimit)).allowed;

  async function sendIfAllowed<Kind extends EmailKind>(
    kind: Kind,
    user: { id: string; email: string },
    parameters: EmailParameters[Kind],
  ): Promise<void> {
    if (await isVerificationEmailAllowed(user.id)) {
      await mailer.send(kind, user, parameters);
    }
  }

  return {
    baseURL: baseUrl,
    secret: settings.secret,
    trustedOrigins: settings.trustedOrigins,
    database: { db, type: 'postgres', schemaName: SCHEMA, transaction: true },
    telemetry: { enabled: false },
    logger: { level: 'warn', log },
    onAPIError: { throw: true, errorURL: `${baseUrl}/sign-in` },
    // The links of /change-email can't be revoked. The plugin `emailChange` replaces it.
    disabledPaths: [...disabledPaths, '/change-email'],
    emailAndPassword: {
      enabled: true,
      requireEmailVerification,
      password: passwordHashing,
      resetPasswordTokenExpiresIn: linkLifetimes.hourSeconds,
      sendResetPassword: ({ user, token }) => mailer.send('reset-password', user, { token }),
      onExistingUserSignUp: ({ user }) => mailer.send('address-taken', user, {}),
    },
    emailVerification: {
      sendOnSignUp: mailer.available,
      sendOnSignIn: true,
      expiresIn: linkLifetimes.hourSeconds,
      sendVerificationEmail: async ({ user, token }, request) => {
        const sending = sendIfAllowed('verify-email', user, { token });
        if (!request?.url.endsWith('/sign-in/email')) {
          return sending;
        }
        // The time of a rejected sign-in must not reveal that the password was right.
        mailer.runInBackground(sending);
      },
    },
    user: {
      deleteUser: {
        enabled: true,
        beforeDelete: ({ id }: { id: string }) => beforeOwnDeletion(db, id),
        afterDelete: async () => onAccountDeleted(),
      },
    },
    socialProviders: providerOptions(socialProviders, requireEmailVerification),
    account: {
      // Without an entry in `trustedProviders`, a sign-in connects a provider to an account only if both have verified the
      // address. A signed-in user can connect any.
      accountLinking: { requireLocalEmailVerified: true, allowDifferentEmails: true },
      updateAccountOnSignIn: false,
    },
    verification: { storeIdentifier: 'hashed' },
    rateLimit: addressLimits(counters, settings.rateLimitsEnabled),
    advanced: {
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // Better Auth disables both checks if NODE_ENV is `test`, unless they are set explicitly.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    plugins: [
      sessionEndpoint(readCurrentSession),
      tokens(tokenOptions, signingOptions, readCurrentSession),
      redirectRules(),
      accountRules(),
      passwordReset(db),
      // Before the plugins that send an email about a new account.
      credentialChecks(db),
      bans(db),
      sessionQuota(db),
      ...(socialProviders.oidc ? [openIdProvider(socialProviders.oidc, requireEmailVerification)] : []),
      socialSignIn({
        db,
        providers: socialProviders,
        requireEmailVerification,
        sendAddressTaken: (user) => mailer.runInBackground(sendIfAllowed('address-taken', user, {})),
        sendSignInMethodAdded: (user, method) => mailer.send('sign-in-method-added', user, { method }),
      }),
      emailChange({
        db,
        mailer,
        counters: settings.rateLimitsEnabled ? counters : undefined,
        requireEmailVerification,
      }),
      administration({ db, onAccountDeleted }),
      personalTokens({
        db,
        signingOptions,
        counters: settings.rateLimitsEnabled ? counters : undefined,
        sendTokenCreated: (user) => mailer.send('personal-token-created', user, {}),
      }),
      ...(settings.rateLimitsEnabled ? [accountLimits(counters)] : []),
      signUpHashing(),
    ],
  } satisfies BetterAuthOptions;
}

export function createAuth(settings: AuthSettings, dependencies: AuthDependencies) {
  return betterAuth(authOptions(settings, dependencies));
}

export type Auth = ReturnType<typeof createAuth>;

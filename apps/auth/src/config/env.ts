import {
  boolean,
  httpUrl,
  integer,
  list,
  loadEnvironment,
  logLevel,
  network,
  origin,
  port,
  postgresUrl,
  smtpUrl,
  text,
} from '@app/server/environment';
import { z } from 'zod';
import type { AuthSettings } from '../better-auth/auth.js';
import type { SocialProviders } from '../social-sign-in/social-providers.js';

const secret = 'at least 32 random characters, for example from: openssl rand -base64 32';

const unsupported = (advice: string) => z.undefined(`is not supported. ${advice}`).optional();

/** Better Auth reads these variables itself and would let them override the settings of this server. */
export const betterAuthVariables = {
  BETTER_AUTH_SECRETS: unsupported(
    'Set BETTER_AUTH_SECRET. To change it, follow "Rotate the secret" in docs/deploy.md',
  ),
  BETTER_AUTH_TRUSTED_ORIGINS: unsupported('Set AUTH_TRUSTED_ORIGINS'),
  BETTER_AUTH_TELEMETRY: z
    .string()
    .regex(/^(0|false)$/i, 'must be false. This server sends no telemetry')
    .optional(),
};

/** The variables of each provider. All of one must be set, or none. */
const providerVariables = [
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ['MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME'],
] as const;

/** All environment variables of the auth server. */
const variables = z.object({
  ...betterAuthVariables,
  NODE_ENV: z.string().default('production'),
  AUTH_PORT: port(),
  LISTEN_ADDRESS: text().optional(),
  AUTH_DATABASE_URL: postgresUrl(),
  DATABASE_POOL_SIZE: integer(1, 1000),
  BETTER_AUTH_URL: origin(),
  BETTER_AUTH_SECRET: text(secret).min(32, `must be ${secret}`),
  AUTH_URL: origin().optional(),
  JWT_ISSUER: text('the issuer (iss) of the tokens'),
  JWT_AUDIENCE: text('the audience (aud) of the tokens'),
  API_INTERNAL_URL: origin().optional(),
  SMTP_URL: smtpUrl().optional(),
  REQUIRE_EMAIL_VERIFICATION: boolean(),
  GOOGLE_CLIENT_ID: text().optional(),
  GOOGLE_CLIENT_SECRET: text().optional(),
  GITHUB_CLIENT_ID: text().optional(),
  GITHUB_CLIENT_SECRET: text().optional(),
  MICROSOFT_CLIENT_ID: text().optional(),
  MICROSOFT_CLIENT_SECRET: text().optional(),
  OIDC_ISSUER: httpUrl().optional(),
  OIDC_CLIENT_ID: text().optional(),
  OIDC_CLIENT_SECRET: text().optional(),
  OIDC_NAME: text().optional(),
  LOG_LEVEL: logLevel(),
  RATE_LIMIT_PER_MINUTE: integer(0, 1_000_000),
  METRICS_PORT: port().optional(),
  TRUST_PROXY: list(network()).default([]),
  AUTH_TRUSTED_ORIGINS: list(origin()).default([]),
  HSTS_INCLUDE_SUBDOMAINS: boolean(),
});

const schema = providerVariables.reduce(
  (object, names) =>
    names.reduce(
      (checked, name) =>
        checked.refine((values) => values[name] !== undefined || names.every((other) => !values[other]), {
          path: [name],
          error: `must be set together with ${names.filter((other) => other !== name).join(', ')}`,
          // Also if other variables are invalid, so that the start names all of them.
          when: () => true,
        }),
      object,
    ),
  variables,
);

export type Environment = z.infer<typeof variables>;

/** Reads and validates the environment. If it is invalid, prints every missing or invalid variable and exits with 1. */
export function readEnvironment(source = process.env): Environment {
  return loadEnvironment(schema, {
    source,
    defaults: {
      AUTH_PORT: '3002',
      API_PORT: '3001',
      // web:start
      WEB_PORT: '3000',
      // web:end
      AUTH_DATABASE_URL: '${DATABASE_URL}',
      DATABASE_POOL_SIZE: '10',
      JWT_ISSUER: '${BETTER_AUTH_URL}',
      JWT_AUDIENCE: '${API_URL}',
      API_INTERNAL_URL: '${API_URL}',
      REQUIRE_EMAIL_VERIFICATION: 'false',
      LOG_LEVEL: 'info',
      RATE_LIMIT_PER_MINUTE: '600',
      HSTS_INCLUDE_SUBDOMAINS: 'false',
    },
    development: {
      // web:start
      BETTER_AUTH_URL: 'http://localhost:${WEB_PORT}',
      // web:else
      // BETTER_AUTH_URL: '${AUTH_URL}',
      // web:end
      AUTH_URL: 'http://localhost:${AUTH_PORT}',
      API_URL: 'http://localhost:${API_PORT}',
    },
  });
}

/** Every other value of NODE_ENV is treated as production. */
export function isDevelopmentOrTest({ NODE_ENV }: Environment): boolean {
  return NODE_ENV === 'development' || NODE_ENV === 'test';
}

/** Returns the providers whose variables are set. */
function socialProviders(env: Environment): SocialProviders {
  const client = (clientId?: string, clientSecret?: string) =>
    clientId && clientSecret ? { clientId, clientSecret } : undefined;
  const oidc = client(env.OIDC_CLIENT_ID, env.OIDC_CLIENT_SECRET);
  return {
    google: client(env.GOOGLE_CLIENT_ID, env.GOOGLE_CLIENT_SECRET),
    github: client(env.GITHUB_CLIENT_ID, env.GITHUB_CLIENT_SECRET),
    microsoft: client(env.MICROSOFT_CLIENT_ID, env.MICROSOFT_CLIENT_SECRET),
    oidc:
      oidc && env.OIDC_ISSUER && env.OIDC_NAME
        ? { ...oidc, issuer: env.OIDC_ISSUER, name: env.OIDC_NAME }
        : undefined,
  };
}

/** Maps the environment to the settings of Better Auth. */
export function authSettings(env: Environment): AuthSettings {
  const developmentOrTest = isDevelopmentOrTest(env);
  return {
    baseUrl: env.BETTER_AUTH_URL,
    secret: env.BETTER_AUTH_SECRET,
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
    // In development you can also call this server at its own address, for example with curl.
    trustedOrigins: [
      ...env.AUTH_TRUSTED_ORIGINS,
      ...(developmentOrTest && env.AUTH_URL ? [env.AUTH_URL] : []),
    ],
    requireEmailVerification: env.REQUIRE_EMAIL_VERIFICATION,
    socialProviders: socialProviders(env),
    rateLimitsEnabled: !developmentOrTest && env.RATE_LIMIT_PER_MINUTE > 0,
    replaceUnreadableSigningKey: developmentOrTest,
  };
}

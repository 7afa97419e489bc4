/** Variables of the apps and of the PostgreSQL driver. Tests set the ones that they need. */
const readByApps =
  /^(PG[A-Z]+|OTEL_[A-Z_]+|(MIGRATION_)?DATABASE_.*|AUTH_(MIGRATION_)?DATABASE_URL|AUTH_TRUSTED_ORIGINS|(WEB|API|AUTH|METRICS)_PORT|LISTEN_ADDRESS|BETTER_AUTH_.*|AUTH_URL|API_(URL|INTERNAL_URL|DOCS)|JWKS_URL|JWT_.*|CORS_ORIGINS|SMTP_URL|REQUIRE_EMAIL_VERIFICATION|(GOOGLE|GITHUB|MICROSOFT|OIDC)_(CLIENT_ID|CLIENT_SECRET)|OIDC_(ISSUER|NAME)|LOG_LEVEL|RATE_LIMIT_PER_MINUTE|OWNER_MAX_(ROWS|BYTES)|(WEB_)?TRUST_PROXY|HSTS_INCLUDE_SUBDOMAINS|REDIS_URL)(_FILE)?$/;

/** Kept with TEST_DATABASE_URL: the tests may run through a pooler that cannot keep prepared statements. */
const POOLED = 'DATABASE_PREPARED_STATEMENTS';

/** Returns an environment without the developer's own settings. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !readByApps.test(name) || (name === POOLED && environment.TEST_DATABASE_URL),
    ),
  );
}

/** What the apps and the Postgres driver read: a test says itself what it wants of them. */
const readByApps =
  /^(PG[A-Z]+|OTEL_[A-Z_]+|DATABASE_.*|AUTH_DATABASE_URL|(WEB|API|AUTH|METRICS)_PORT|LISTEN_ADDRESS|BETTER_AUTH_.*|AUTH_URL|API_(URL|INTERNAL_URL|DOCS)|JWKS_URL|JWT_.*|CORS_ORIGINS|SMTP_URL|REQUIRE_EMAIL_VERIFICATION|LOG_LEVEL|RATE_LIMIT_PER_MINUTE|(WEB_)?TRUST_PROXY|REDIS_URL)(_FILE)?$/;

/** Says of the server that TEST_DATABASE_URL names that it is a pooler which cannot keep prepared statements. */
const POOLED = 'DATABASE_PREPARED_STATEMENTS';

/** Takes the developer's own settings out of an environment. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !readByApps.test(name) || (name === POOLED && environment.TEST_DATABASE_URL),
    ),
  );
}

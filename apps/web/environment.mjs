import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535);

const origin = z
  .url({ protocol: /^https?$/ })
  .transform((value) => new URL(value))
  .refine((url) => url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password)
  .transform((url) => url.origin);

const networks = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string().refine(isNetwork)));

const schema = z
  .object({
    WEB_PORT: port.default(3000),
    LISTEN_ADDRESS: z.string().optional(),
    WEB_TRUST_PROXY: networks.default([]),
    HSTS_INCLUDE_SUBDOMAINS: z
      .enum(['true', 'false'])
      .default('false')
      .transform((value) => value === 'true'),
    AUTH_URL: origin,
    API_URL: origin,
    API_INTERNAL_URL: origin.optional(),
    BETTER_AUTH_URL: origin,
  })
  .transform((values) => ({ ...values, API_INTERNAL_URL: values.API_INTERNAL_URL ?? values.API_URL }));

const expected = {
  WEB_PORT: 'a port number, 1 to 65535',
  LISTEN_ADDRESS: 'the address to listen on, such as 127.0.0.1',
  WEB_TRUST_PROXY:
    'the addresses or networks of proxies in front of this app, comma-separated, such as 10.0.0.0/8',
  HSTS_INCLUDE_SUBDOMAINS: 'true or false',
  AUTH_URL: 'the origin of the auth server as seen from this app, such as http://auth:3002',
  API_URL: 'the public origin of the API, such as https://api.example.com',
  API_INTERNAL_URL: 'the origin of the API as seen from this app, such as http://api:3001',
  BETTER_AUTH_URL: 'the public origin of this app, such as https://app.example.com',
};

/** @typedef {z.infer<typeof schema>} Environment */

/**
 * Reads and validates every variable of the web app. The origins have defaults in development only.
 *
 * @param {Record<string, string | undefined>} source
 * @returns {Environment}
 * @throws an Error that lists every missing or invalid variable, without the values
 */
export function readEnvironment(source) {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  const result = schema.safeParse(source.NODE_ENV === 'development' ? withLocalOrigins(given) : given);
  if (result.success) {
    return result.data;
  }

  const names = new Set(result.error.issues.map(({ path }) => /** @type {keyof Environment} */ (path[0])));
  const lines = [...names].map(
    (name) => `  ${name}: ${name in given ? 'invalid' : 'missing'}, expected ${expected[name]}`,
  );
  throw new Error(`The web app can't start. Fix these environment variables:\n${lines.join('\n')}`);
}

/** @param {string} value */
function isNetwork(value) {
  const [ip = '', prefixLength, extra] = value.split('/');
  return (
    isIP(ip) !== 0 &&
    !ip.includes('%') &&
    extra === undefined &&
    (prefixLength === undefined ||
      (/^\d{1,3}$/.test(prefixLength) && Number(prefixLength) <= (isIPv4(ip) ? 32 : 128)))
  );
}

/** @param {Record<string, string | undefined>} given */
function withLocalOrigins(given) {
  return {
    AUTH_URL: `http://localhost:${given.AUTH_PORT ?? 3002}`,
    API_URL: `http://localhost:${given.API_PORT ?? 3001}`,
    BETTER_AUTH_URL: `http://localhost:${given.WEB_PORT ?? 3000}`,
    ...given,
  };
}

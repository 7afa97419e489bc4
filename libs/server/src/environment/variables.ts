import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { canParseUrl } from '../http/can-parse-url.js';
import { MUST_NAME_ONE_HOST, namesReadableFiles, namesSeveralHosts } from '../postgres/postgres-url.js';

const mustBe = (description: string) => ({ error: `must be ${description}` });

function parseUrl(value: string, protocols: string[]): URL | undefined {
  const url = canParseUrl(value) ? new URL(value) : undefined;
  return url && protocols.includes(url.protocol) ? url : undefined;
}

const urlWith = (protocols: string[], description: string, isValid: (url: URL) => boolean) =>
  z.string(mustBe(description)).refine((value) => {
    const url = parseUrl(value, protocols);
    return url !== undefined && isValid(url);
  }, mustBe(description));

/** Any text. */
export const text = (description = 'a non-empty value') => z.string(mustBe(description));

/** An http or https URL without a path. A trailing slash is dropped. */
export const origin = () =>
  urlWith(
    ['http:', 'https:'],
    'an origin, such as https://example.com',
    // URLs may contain an asterisk, but software that compares origins treats it as a wildcard.
    ({ origin: normalized, href }) => href === `${normalized}/` && !href.includes('*'),
  ).transform((value) => new URL(value).origin);

/** An http or https URL. */
export const httpUrl = () =>
  urlWith(['http:', 'https:'], 'a URL, such as https://example.com/path', () => true);

/** The URL of a PostgreSQL database on one host. */
export const postgresUrl = () => {
  const error = mustBe(
    'a PostgreSQL URL, such as postgres://user:password@host:5432/name, with special characters percent-encoded',
  );
  return z
    .string(error)
    .refine((value) => !namesSeveralHosts(value), { error: MUST_NAME_ONE_HOST, abort: true })
    .refine(
      (value) => {
        const url = parseUrl(value, ['postgres:', 'postgresql:']);
        return url !== undefined && (url.hostname !== '' || url.searchParams.has('host'));
      },
      { ...error, abort: true },
    )
    .refine((value) => namesReadableFiles(value), {
      error: 'must name files that can be read in sslrootcert, sslcert and sslkey',
    });
};

/** The URL of a Redis server. */
export const redisUrl = () =>
  urlWith(['redis:', 'rediss:'], 'a Redis URL, such as redis://host:6379', ({ hostname }) => hostname !== '');

/** The URL of an SMTP server. */
export const smtpUrl = () =>
  urlWith(
    ['smtp:', 'smtps:'],
    'an SMTP URL, such as smtp://user:password@host:587',
    ({ hostname }) => hostname !== '',
  );

/** An IP address, or a network in CIDR notation. */
export const network = () =>
  z
    .string(mustBe('an IP address or a network'))
    .refine(
      isNetwork,
      mustBe('an IP address or a network, such as 10.0.0.0/8, or a comma-separated list of them'),
    );

function isNetwork(value: string): boolean {
  const [ip = '', prefixLength, extra] = value.split('/');
  return (
    isIP(ip) !== 0 &&
    extra === undefined &&
    (prefixLength === undefined ||
      (/^\d{1,3}$/.test(prefixLength) && Number(prefixLength) <= (isIPv4(ip) ? 32 : 128)))
  );
}

/** A whole number. */
export const integer = (min: number, max: number) => {
  const error = mustBe(`a whole number from ${min} to ${max}`);
  return z
    .string(error)
    .regex(/^\d{1,10}$/, error)
    .transform(Number)
    .pipe(z.number().min(min, error).max(max, error));
};

/** A TCP port. */
export const port = () => integer(1, 65_535);

/** `true` or `false`. */
export const boolean = () =>
  z.enum(['true', 'false'], mustBe('true or false')).transform((value) => value === 'true');

/** A comma-separated list. Empty items are dropped. */
export const list = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string(mustBe('a comma-separated list'))
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));

/** The lowest level that is logged. */
export const logLevel = () => {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
  return z.enum(levels, mustBe(`one of ${levels.join(', ')}`));
};

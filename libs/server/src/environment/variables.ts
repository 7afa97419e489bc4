import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';

const must = (what: string) => ({ error: `must be ${what}` });

function parseUrl(value: string, protocols: string[]): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url && protocols.includes(url.protocol) ? url : undefined;
}

const address = (protocols: string[], what: string, isAddress: (url: URL) => boolean) =>
  z.string(must(what)).refine((value) => {
    const url = parseUrl(value, protocols);
    return url !== undefined && isAddress(url);
  }, must(what));

/** Any text. */
export const text = (what = 'set') => z.string(must(what));

/** An http or https address without a path; a `/` at its end is dropped. */
export const origin = () =>
  address(
    ['http:', 'https:'],
    'an origin, such as https://example.com',
    ({ origin: bare, href }) => href === `${bare}/`,
  ).transform((value) => new URL(value).origin);

/** An http or https address. */
export const httpUrl = () =>
  address(['http:', 'https:'], 'an address, such as https://example.com/path', () => true);

/** Where a Postgres database is: `postgres://user:password@host:port/database`. */
export const postgresUrl = () =>
  address(
    ['postgres:', 'postgresql:'],
    'a Postgres address, such as postgres://user:password@host:5432/name, with special characters percent-encoded',
    ({ hostname, searchParams }) => hostname !== '' || searchParams.has('host'),
  );

/** Where a Redis server is. */
export const redisUrl = () =>
  address(
    ['redis:', 'rediss:'],
    'a Redis address, such as redis://host:6379',
    ({ hostname }) => hostname !== '',
  );

/** Where an SMTP server is. */
export const smtpUrl = () =>
  address(
    ['smtp:', 'smtps:'],
    'an SMTP address, such as smtp://user:password@host:587',
    ({ hostname }) => hostname !== '',
  );

/** An IP address, or a network such as 10.0.0.0/8. */
export const network = () =>
  z
    .string(must('an IP address or a network'))
    .refine(isNetwork, must('IP addresses or networks, such as 10.0.0.0/8, separated by commas'));

function isNetwork(value: string): boolean {
  const [ip = '', bits, more] = value.split('/');
  return (
    isIP(ip) !== 0 &&
    more === undefined &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(ip) ? 32 : 128)))
  );
}

/** A whole number. */
export const integer = (min: number, max: number) => {
  const error = must(`a whole number from ${min} to ${max}`);
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
  z.enum(['true', 'false'], must('true or false')).transform((value) => value === 'true');

/** A list separated by commas; empty items are dropped. */
export const list = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string(must('a list separated by commas'))
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item));

/** What is written to the log. */
export const logLevel = () => {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
  return z.enum(levels, must(`one of ${levels.join(', ')}`));
};

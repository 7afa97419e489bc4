import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const TYPES: Record<string, string> = {
  array: 'an array',
  bigint: 'an integer',
  boolean: 'true or false',
  date: 'a date',
  int: 'an integer',
  map: 'a map',
  null: 'null',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  set: 'a set',
  string: 'a string',
  tuple: 'an array',
};

const FORMATS: Record<string, string> = {
  base64: 'Base64',
  base64url: 'Base64url',
  cidrv4: 'a range of IPv4 addresses',
  cidrv6: 'a range of IPv6 addresses',
  credit_card: 'a credit card number',
  currency_code: 'a currency code, such as EUR',
  date: 'a date, such as 2026-12-31',
  datetime: 'an RFC 3339 timestamp, such as 2026-12-31T17:00:00Z',
  duration: 'an ISO 8601 duration, such as PT30M',
  e164: 'a phone number, such as +14155550123',
  email: 'an email address',
  emoji: 'an emoji',
  guid: 'a UUID',
  hex: 'in hexadecimal digits',
  hostname: 'a host name',
  iban: 'an IBAN',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  json_string: 'JSON',
  jwt: 'a JWT',
  lowercase: 'in lower case',
  mac: 'a MAC address',
  nanoid: 'a Nano ID',
  time: 'a time, such as 17:00:00',
  uppercase: 'in upper case',
  url: 'a URL',
  uuid: 'a UUID',
};

/** What is counted, by the type of the value. Numbers and dates are compared. */
const UNITS: Record<string, string> = {
  string: 'character',
  array: 'item',
  set: 'item',
  map: 'entry',
  object: 'property',
  record: 'property',
  file: 'byte',
};

/**
 * Returns what is wrong with a value, for each kind of issue that Zod reports. A schema's own message has precedence.
 * The text never contains the value.
 */
export function getErrorMessage(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue) ? REQUIRED : typeMessage(issue.expected);
    case 'invalid_value':
      return isMissing(issue) ? REQUIRED : oneOf(issue.values);
    case 'too_big':
      return limitMessage(issue, issue.maximum, { inclusive: 'at most', exclusive: 'less than' });
    case 'too_small':
      return isEmptyString(issue)
        ? 'Must not be empty'
        : limitMessage(issue, issue.minimum, { inclusive: 'at least', exclusive: 'more than' });
    case 'invalid_format':
      return formatMessage(issue);
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'Has an unknown property';
    case 'invalid_union':
      return isMissing(issue) ? REQUIRED : unionMessage(issue);
    case 'invalid_key':
      return 'Has an invalid name';
    default:
      return 'Is not valid';
  }
}

const REQUIRED = 'Required';

const isMissing = ({ input }: Issue) => input === undefined;

function typeMessage(expected: string): string {
  if (expected === 'undefined' || expected === 'never' || expected === 'void') {
    return 'Must not be present';
  }
  return expected === 'nonoptional' ? REQUIRED : `Must be ${TYPES[expected] ?? `of the type ${expected}`}`;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1
    ? `Must be ${String(values[0])}`
    : `Must be one of ${values.map(String).join(', ')}`;
}

const isEmptyString = ({ origin, minimum, exact }: Issue & { code: 'too_small' }) =>
  origin === 'string' && minimum === 1 && !exact;

function limitMessage(
  { origin, inclusive, exact }: Issue & { code: 'too_big' | 'too_small' },
  limit: unknown,
  words: { inclusive: string; exclusive: string },
): string {
  const comparison = exact ? 'exactly' : inclusive === false ? words.exclusive : words.inclusive;
  const unit = UNITS[origin];
  if (origin === 'date') {
    return `Must be ${comparison} ${new Date(Number(limit)).toISOString()}`;
  }
  if (!unit) {
    return `Must be ${comparison} ${String(limit)}`;
  }
  const count = `${comparison} ${String(limit)} ${Number(limit) === 1 ? unit : plural(unit)}`;
  return origin === 'string' ? `Must be ${count} long` : `Must have ${count}`;
}

const plural = (unit: string) => (unit.endsWith('y') ? `${unit.slice(0, -1)}ies` : `${unit}s`);

function formatMessage({ format, ...issue }: Issue & { code: 'invalid_format' }): string {
  switch (format) {
    case 'starts_with':
      return `Must start with ${String(issue.prefix)}`;
    case 'ends_with':
      return `Must end with ${String(issue.suffix)}`;
    case 'includes':
      return `Must contain ${String(issue.includes)}`;
    case 'regex':
    case 'template_literal':
      return `Must match the pattern ${issue.pattern}`;
    default:
      return `Must be ${FORMATS[format] ?? `a valid ${format.toUpperCase().replace('UUIDV', 'UUID version ')}`}`;
  }
}

/** Joins what the options expect: "Must be a string or a number". */
function unionMessage({ options, errors }: Issue & { code: 'invalid_union' }): string {
  if (Array.isArray(options) && options.length > 0) {
    return oneOf(options);
  }
  const prefix = 'Must be ';
  const messages = errors.map(([error, ...others]) =>
    error?.path.length === 0 && others.length === 0 ? error.message : '',
  );
  return messages.length > 0 && messages.every((message) => message.startsWith(prefix))
    ? prefix + [...new Set(messages)].map((message) => message.slice(prefix.length)).join(' or ')
    : 'Must have one of the documented forms';
}

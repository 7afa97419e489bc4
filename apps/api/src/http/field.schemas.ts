import { canParseUrl } from '@app/server/environment';
import { z } from 'zod';

// PostgreSQL cannot store NUL, nor a surrogate without its pair.
const UNSTORABLE = /\0|\p{Surrogate}/u;
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Text of `min` to `max` characters (code points) that PostgreSQL can store. */
export function plainText({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .refine((value) => !UNSTORABLE.test(value), 'Must not contain NUL or an unpaired surrogate')
    .refine((value) => value.length >= min && [...value].length <= max, {
      message: min ? `Must be ${min} to ${max} characters long` : `Must be at most ${max} characters long`,
    })
    .meta(lengths({ min, max }));
}

const lengths = ({ min, max }: { min?: number; max: number }) => ({
  ...(min && { minLength: min }),
  maxLength: max,
});

/** Text that is trimmed before its characters are counted. */
export function trimmedText(limits: { min?: number; max: number }) {
  return z.string().trim().pipe(plainText(limits)).meta(lengths(limits));
}

/** An RFC 3339 timestamp with any offset, converted to UTC with milliseconds. */
export function timestamp() {
  return z
    .string()
    .toUpperCase()
    .pipe(
      z.iso.datetime({ offset: true, error: 'Must be an RFC 3339 timestamp, such as 2026-12-31T17:00:00Z' }),
    )
    .refine((value) => !(Date.parse(value) < EARLIEST || Date.parse(value) > LATEST), {
      message: 'Must be between the years 1 and 9999',
    })
    .transform((value) => new Date(value).toISOString())
    .meta({ format: 'date-time' });
}

/** A calendar date. PostgreSQL has no year 0. */
export function calendarDate() {
  const message = 'Must be a date, such as 2026-12-31';
  return z.iso.date(message).refine((value) => !value.startsWith('0000'), message);
}

/** An IANA time zone, converted to its canonical name, which PostgreSQL knows, too. */
export function timeZone() {
  return z
    .string()
    .refine(
      (name) => canonicalTimeZone(name) !== undefined,
      'Must be an IANA time zone, such as Europe/Paris',
    )
    .meta({ examples: ['Europe/Paris'] })
    .transform((name) => canonicalTimeZone(name)!);
}

/** Returns undefined for offsets, too: PostgreSQL reads +01:00 as one hour west of Greenwich. */
function canonicalTimeZone(name: string): string | undefined {
  try {
    const { timeZone: canonical } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return /^[a-z]/i.test(canonical) ? canonical : undefined;
  } catch {
    return undefined;
  }
}

/** An exact decimal number, as text with all digits after the point: PostgreSQL returns the same text. */
export function decimal({ precision, scale }: { precision: number; scale: number }) {
  const digits = precision - scale;
  const before = digits > 0 ? `(0|[1-9]\\d{0,${digits - 1}})` : '0';
  const after = scale > 0 ? `(\\.\\d{1,${scale}})?` : '';
  return z
    .string()
    .regex(
      new RegExp(`^-?${before}${after}$`),
      `Must be a decimal number in a string, with at most ${digits} digits before the point and ${scale} after it`,
    )
    .transform((value) => {
      const [integer, fraction = ''] = value.split('.') as [string, string?];
      const text = scale > 0 ? `${integer}.${fraction.padEnd(scale, '0')}` : integer;
      return /[1-9]/.test(text) ? text : text.replace('-', '');
    })
    .meta({ format: 'decimal' });
}

/** An email address, trimmed. */
export function emailAddress() {
  const max = 254;
  return z
    .string()
    .trim()
    .pipe(z.email('Must be an email address').max(max, `Must be at most ${max} characters long`))
    .meta({ format: 'email', maxLength: max });
}

/** An absolute http or https URL, as it was written. */
export function httpUrl({ max }: { max: number }) {
  const message = 'Must be an http or https URL';
  return plainText({ max })
    .refine((value) => /^https?:\/\/[^\s\p{Cc}]+$/iu.test(value) && canParseUrl(value), message)
    .meta({ format: 'uri', maxLength: max });
}

/** JSON that PostgreSQL can store, validated by `schema`. */
export function storableJson<T extends z.ZodType>(schema: T, { maxBytes }: { maxBytes: number }) {
  return schema
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= maxBytes,
      `Must be at most ${maxBytes} bytes of JSON`,
    )
    .refine(isStorable, 'Must not contain NUL or an unpaired surrogate');
}

function isStorable(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flat().every(isStorable)
    : typeof value !== 'string' || !UNSTORABLE.test(value);
}

/** An integer in a query parameter, written in plain digits. */
export function queryInteger({ min, max, default: fallback }: { min: number; max: number; default: number }) {
  const message = `Must be an integer from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .default(fallback)
    .meta({ type: 'integer', minimum: min, maximum: max, default: fallback });
}

/** `true` or `false` in a query parameter. */
export function queryBoolean() {
  return z.enum(['true', 'false']).transform((value) => value === 'true');
}

/** A cursor contains the sort value: 400 control characters at most, of which JSON makes 2,400. */
const MAX_CURSOR_LENGTH = 4_000;

/** The query parameters of every list. */
export const pageQueryFields = {
  limit: queryInteger({ min: 1, max: 100, default: 20 }),
  cursor: z.string().max(MAX_CURSOR_LENGTH).optional(),
};

/** One page of a list. `nextCursor` is null on the last page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The id of a row: a UUID of any version. */
export const idSchema = z.guid('Must be a UUID');

/** The id of a row of another collection, such as `/api/tasks`. The OpenAPI document names the collection. */
export function reference(collection: string) {
  return idSchema.meta({ 'x-references': collection });
}

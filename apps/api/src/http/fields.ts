import { z } from 'zod';

const UNSTORABLE = /\0|\p{Surrogate}/u;
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Text that Postgres can store, of `min` to `max` characters (code points). */
export function text({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .refine((value) => !UNSTORABLE.test(value), 'Must hold neither NUL nor half a surrogate pair')
    .refine((value) => value.length >= min && [...value].length <= max, {
      message: min ? `Must have ${min} to ${max} characters` : `Must have at most ${max} characters`,
    })
    .meta(lengths({ min, max }));
}

const lengths = ({ min, max }: { min?: number; max: number }) => ({
  ...(min && { minLength: min }),
  maxLength: max,
});

/** Text without white space at its ends, which is taken off before it is counted. */
export function trimmedText(limits: { min?: number; max: number }) {
  return z.string().trim().pipe(text(limits)).meta(lengths(limits));
}

/** An RFC 3339 time that exists, in any offset; becomes UTC with milliseconds. */
export function timestamp() {
  return z
    .string()
    .toUpperCase()
    .pipe(z.iso.datetime({ offset: true, error: 'Must be an RFC 3339 time, such as 2026-12-31T17:00:00Z' }))
    .refine((value) => !(Date.parse(value) < EARLIEST || Date.parse(value) > LATEST), {
      message: 'Must lie in the years 1 to 9999',
    })
    .transform((value) => new Date(value).toISOString())
    .meta({ format: 'date-time' });
}

/** A whole number in a query parameter: plain digits, nothing else. */
export function count({ min, max, fallback }: { min: number; max: number; fallback: number }) {
  const message = `Must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
    .default(fallback)
    .meta({ type: 'integer', minimum: min, maximum: max, default: fallback });
}

/** `true` or `false` in a query parameter. */
export function flag() {
  return z.enum(['true', 'false']).transform((value) => value === 'true');
}

/** What every list takes: the size of a page, and where it begins. */
export const pageFields = {
  limit: count({ min: 1, max: 100, fallback: 20 }),
  cursor: z.string().max(2_000).optional(),
};

/** One page of a list; `nextCursor` is null on the last. */
export function page<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The id of a row: a UUID of any version. */
export const idSchema = z.guid('Must be a UUID');

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { getErrorMessage } from './error-messages.js';

const secret = 'secret-value';

function messages(schema: z.ZodType, value: unknown): string[] {
  return schema.safeParse(value, { error: getErrorMessage }).error!.issues.map(({ message }) => message);
}

const day = new Date('2026-12-31T00:00:00Z');

describe('getErrorMessage', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['Required', z.string(), undefined],
    ['Required', z.enum(['open', 'done']), undefined],
    ['Required', z.union([z.string(), z.number()]), undefined],
    ['Required', z.string().optional().nonoptional(), undefined],
    ['Must be a string', z.string(), 7],
    ['Must be a string', z.string(), null],
    ['Must be a number', z.number(), secret],
    ['Must be a number', z.number(), Number.NaN],
    ['Must be a number', z.number(), Infinity],
    ['Must be an integer', z.int(), 1.5],
    ['Must be an integer', z.bigint(), secret],
    ['Must be true or false', z.boolean(), secret],
    ['Must be an array', z.array(z.string()), secret],
    ['Must be an array', z.tuple([z.string()]), secret],
    ['Must be an object', z.strictObject({}), secret],
    ['Must be an object', z.record(z.string(), z.string()), secret],
    ['Must be a map', z.map(z.string(), z.string()), secret],
    ['Must be a set', z.set(z.string()), secret],
    ['Must be a date', z.date(), secret],
    ['Must be null', z.null(), secret],
    ['Must not be present', z.never(), secret],
    ['Must be of the type symbol', z.symbol(), secret],
    ['Must be at most 5', z.number().max(5), 6],
    ['Must be less than 5', z.number().lt(5), 5],
    ['Must be at least 1', z.number().min(1), 0],
    ['Must be more than 1', z.number().gt(1), 1],
    ['Must be at most 2147483647', z.int32(), 2 ** 31],
    ['Must be at most 9007199254740991', z.int(), 2 ** 53],
    ['Must be at least 1', z.bigint().min(1n), 0n],
    ['Must be a multiple of 5', z.number().multipleOf(5), 6],
    ['Must be at most 2 characters long', z.string().max(2), secret],
    ['Must be at most 1 character long', z.string().max(1), secret],
    ['Must be at least 20 characters long', z.string().min(20), secret],
    ['Must be exactly 2 characters long', z.string().length(2), secret],
    ['Must be exactly 1 character long', z.string().length(1), ''],
    ['Must not be empty', z.string().min(1), ''],
    ['Must have at most 1 item', z.array(z.string()).max(1), [secret, secret]],
    ['Must have at least 2 items', z.array(z.string()).min(2), [secret]],
    ['Must have exactly 2 items', z.array(z.string()).length(2), [secret]],
    ['Must have at most 1 item', z.tuple([z.string()]), [secret, secret]],
    ['Must have at most 1 item', z.set(z.string()).max(1), new Set([secret, '2'])],
    ['Must have at least 2 entries', z.map(z.string(), z.string()).min(2), new Map([[secret, '']])],
    ['Must be at most 2026-12-31T00:00:00.000Z', z.date().max(day), new Date(8.64e15)],
    ['Must be at least 2026-12-31T00:00:00.000Z', z.date().min(day), new Date(0)],
    ['Must be one of open, done', z.enum(['open', 'done']), secret],
    ['Must be 2', z.literal(2), secret],
    ['Must start with a', z.string().startsWith('a'), secret],
    ['Must end with a', z.string().endsWith('a'), secret],
    ['Must contain b', z.string().includes('b'), secret],
    ['Must match the pattern /^a$/', z.string().regex(/^a$/), secret],
    ['Must be an email address', z.email(), secret],
    ['Must be a URL', z.url(), secret],
    ['Must be a date, such as 2026-12-31', z.iso.date(), secret],
    ['Must be an RFC 3339 timestamp, such as 2026-12-31T17:00:00Z', z.iso.datetime(), secret],
    ['Must be a UUID', z.guid(), secret],
    ['Must be a UUID', z.uuid(), secret],
    ['Must be in lower case', z.string().lowercase(), 'A'],
    ['Must be a valid ULID', z.ulid(), secret],
    ['Has an unknown property', z.strictObject({}), { [secret]: 1 }],
    ['Has an invalid name', z.record(z.string().max(2), z.string()), { [secret]: '' }],
    ['Must be a string or a number', z.union([z.string(), z.number()]), true],
    [
      'Must have one of the documented forms',
      z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })]),
      { c: 1 },
    ],
    [
      'Must be one of card, cash',
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('card') }),
        z.strictObject({ type: z.literal('cash') }),
      ]),
      { type: secret },
    ],
    ['Is not valid', z.string().refine(() => false), secret],
    ['Use another one', z.string().refine(() => false, 'Use another one'), secret],
    ['Use a number', z.number('Use a number'), secret],
  ])('%s', (message, schema, value) => {
    expect(messages(schema, value)).toEqual([message]);
  });

  it('has a text of its own for every format of Zod', () => {
    const formats = {
      ...(z as unknown as Record<string, () => z.ZodType>),
      ...(z.iso as unknown as Record<string, () => z.ZodType>),
    };
    const tested = Object.entries(formats).flatMap(([name, create]) => {
      if (name.endsWith('Async')) {
        return [];
      }
      try {
        const schema = create();
        return schema instanceof z.ZodStringFormat ? [{ name, texts: messages(schema, '?!') }] : [];
      } catch {
        return [];
      }
    });
    expect(tested.length).toBeGreaterThan(20);
    for (const { name, texts } of tested) {
      expect({ name, texts }).toEqual({ name, texts: [expect.stringMatching(/^Must be (an? |in |Base64)/)] });
      expect(texts[0]).not.toContain('undefined');
    }
  });
});

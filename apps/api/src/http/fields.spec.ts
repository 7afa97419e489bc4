import { describe, expect, it } from '@jest/globals';
import { count, flag, text, timestamp, trimmedText } from './fields.js';

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('text', () => {
  it('counts code points', () => {
    expect(accepts(text({ max: 2 }), '😀😀')).toBe(true);
    expect(accepts(text({ max: 2 }), '😀😀😀')).toBe(false);
  });

  it('refuses what Postgres cannot store', () => {
    expect(accepts(text({ max: 9 }), 'a\0')).toBe(false);
    expect(accepts(text({ max: 9 }), 'a\udc00')).toBe(false);
  });

  it('is trimmed before it is counted', () => {
    expect(trimmedText({ min: 1, max: 2 }).parse('  ab ')).toBe('ab');
    expect(accepts(trimmedText({ min: 1, max: 2 }), '   ')).toBe(false);
  });
});

describe('timestamp', () => {
  it.each([
    ['2026-12-24T18:00:00Z', '2026-12-24T18:00:00.000Z'],
    ['2026-12-24t18:00:00z', '2026-12-24T18:00:00.000Z'],
    ['2026-12-24T18:00:00.123456+01:30', '2026-12-24T16:30:00.123Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('reads %s', (value, expected) => {
    expect(timestamp().parse(value)).toBe(expected);
  });

  it.each(['2027-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01', 'now', ''])(
    'refuses %s',
    (value) => {
      expect(accepts(timestamp(), value)).toBe(false);
    },
  );
});

describe('count', () => {
  it('reads plain digits within its bounds', () => {
    const schema = count({ min: 1, max: 100, fallback: 20 });
    expect([schema.parse('7'), schema.parse(undefined)]).toEqual([7, 20]);
    for (const value of ['0', '101', '1.0', '1e1', ' 1', '-1', '', '99999999999']) {
      expect(accepts(schema, value)).toBe(false);
    }
  });
});

describe('flag', () => {
  it('reads true and false alone', () => {
    expect([flag().parse('true'), flag().parse('false')]).toEqual([true, false]);
    expect(accepts(flag(), '1')).toBe(false);
  });
});

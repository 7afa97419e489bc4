import { describe, expect, it } from '@jest/globals';
import { plainText, queryBoolean, queryInteger, timestamp, trimmedText } from './field.schemas.js';

const accepts = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe('plainText', () => {
  it('counts code points', () => {
    expect(accepts(plainText({ max: 2 }), '😀😀')).toBe(true);
    expect(accepts(plainText({ max: 2 }), '😀😀😀')).toBe(false);
  });

  it('rejects characters that PostgreSQL cannot store', () => {
    expect(accepts(plainText({ max: 9 }), 'a\0')).toBe(false);
    expect(accepts(plainText({ max: 9 }), 'a\udc00')).toBe(false);
  });
});

describe('trimmedText', () => {
  it('trims before it counts', () => {
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
  ])('converts %s to UTC', (value, expected) => {
    expect(timestamp().parse(value)).toBe(expected);
  });

  it.each(['2027-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01', 'now', ''])(
    'rejects "%s"',
    (value) => {
      expect(accepts(timestamp(), value)).toBe(false);
    },
  );
});

describe('queryInteger', () => {
  it('accepts only plain digits within the limits', () => {
    const schema = queryInteger({ min: 1, max: 100, default: 20 });
    expect([schema.parse('7'), schema.parse(undefined)]).toEqual([7, 20]);
    for (const value of ['0', '101', '1.0', '1e1', ' 1', '-1', '', '99999999999']) {
      expect(accepts(schema, value)).toBe(false);
    }
  });
});

describe('queryBoolean', () => {
  it('accepts only true and false', () => {
    expect([queryBoolean().parse('true'), queryBoolean().parse('false')]).toEqual([true, false]);
    expect(accepts(queryBoolean(), '1')).toBe(false);
  });
});

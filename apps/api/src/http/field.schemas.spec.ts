import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { encodeCursor } from '../database/keyset-cursor.js';
import {
  calendarDate,
  decimal,
  emailAddress,
  httpUrl,
  pageQueryFields,
  plainText,
  queryBoolean,
  queryInteger,
  storableJson,
  timestamp,
  timeZone,
  trimmedText,
} from './field.schemas.js';

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

describe('timeZone', () => {
  it.each([
    ['Europe/Paris', 'Europe/Paris'],
    ['europe/paris', 'Europe/Paris'],
    ['US/Pacific', 'America/Los_Angeles'],
    ['UTC', 'UTC'],
  ])('accepts %s as %s', (value, expected) => {
    expect(timeZone().parse(value)).toBe(expected);
  });

  it.each(['Mars/Olympus', '+01:00', '-01', 'Europe/Paris ', 'Europe/', ''])('rejects "%s"', (value) => {
    expect(accepts(timeZone(), value)).toBe(false);
  });
});

describe('calendarDate', () => {
  it.each(['2026-12-31', '2028-02-29', '0001-01-01', '9999-12-31'])('accepts %s', (value) => {
    expect(calendarDate().parse(value)).toBe(value);
  });

  it.each([
    '2027-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '0000-01-01',
    '2026-1-1',
    '2026-12-31T00:00:00Z',
    'today',
    '',
  ])('rejects "%s"', (value) => {
    expect(accepts(calendarDate(), value)).toBe(false);
  });
});

describe('decimal', () => {
  const amount = decimal({ precision: 10, scale: 2 });

  it.each([
    ['0', '0.00'],
    ['-0', '0.00'],
    ['-0.0', '0.00'],
    ['-0.01', '-0.01'],
    ['1.5', '1.50'],
    ['99999999.99', '99999999.99'],
    ['-99999999.99', '-99999999.99'],
  ])('converts %s to %s', (value, expected) => {
    expect(amount.parse(value)).toBe(expected);
  });

  it.each([1.5, '100000000', '1.555', '1.', '.5', '01', '+1', '1e3', 'NaN', 'Infinity', '1,5', ' 1', ''])(
    'rejects %j',
    (value) => {
      expect(accepts(amount, value)).toBe(false);
    },
  );

  it('works without digits before or after the point', () => {
    const fraction = decimal({ precision: 2, scale: 2 });
    expect([fraction.parse('0.5'), accepts(fraction, '1')]).toEqual(['0.50', false]);
    const integer = decimal({ precision: 2, scale: 0 });
    expect([integer.parse('-99'), accepts(integer, '1.0'), accepts(integer, '100')]).toEqual([
      '-99',
      false,
      false,
    ]);
  });
});

describe('emailAddress', () => {
  it('trims, and counts at most 254 characters', () => {
    expect(emailAddress().parse(' ada@example.com ')).toBe('ada@example.com');
    const longest = `${'a'.repeat(242)}@example.com`;
    expect([accepts(emailAddress(), longest), accepts(emailAddress(), `a${longest}`)]).toEqual([true, false]);
  });

  it.each(['ada', 'ada@', 'a b@example.com', 'ada@example.com\0', ''])('rejects %j', (value) => {
    expect(accepts(emailAddress(), value)).toBe(false);
  });
});

describe('httpUrl', () => {
  const url = httpUrl({ max: 40 });

  it.each(['https://example.com', 'HTTP://example.com:8080/a?b=c#d', 'https://müller.example/ü'])(
    'keeps %s as it is',
    (value) => {
      expect(url.parse(value)).toBe(value);
    },
  );

  it.each([
    'example.com',
    'ftp://example.com',
    // eslint-disable-next-line no-script-url
    'javascript:alert(1)',
    'https:example.com',
    'https://',
    'https://exa mple.com',
    'https://example.com/\n',
    ' https://example.com',
    'https://example.com/\0',
    'https://example.com/\ud800',
    `https://example.com/${'a'.repeat(30)}`,
    '',
  ])('rejects %j', (value) => {
    expect(accepts(url, value)).toBe(false);
  });
});

describe('storableJson', () => {
  const json = storableJson(z.json(), { maxBytes: 20 });

  it('accepts what PostgreSQL can store, and counts bytes', () => {
    expect(json.parse({ a: ['ä', 1, null] })).toEqual({ a: ['ä', 1, null] });
    expect([accepts(json, 'ä'.repeat(9)), accepts(json, 'ä'.repeat(10))]).toEqual([true, false]);
  });

  it.each([['a\0'], [{ 'a\0': 1 }], [{ a: ['b', { c: '\udc00' }] }]])('rejects %j', (value) => {
    expect(accepts(json, value)).toBe(false);
  });
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

describe('pageQueryFields', () => {
  it.each(['\u0001', '"', '😀'])(
    'accepts the cursor after the longest sort value, of %j only',
    (character) => {
      const id = '0198c5a4-7d0e-7000-8000-000000000000';
      const cursor = encodeCursor('list', { value: character.repeat(400), id });
      expect(accepts(pageQueryFields.cursor, cursor)).toBe(true);
    },
  );
});

describe('queryBoolean', () => {
  it('accepts only true and false', () => {
    expect([queryBoolean().parse('true'), queryBoolean().parse('false')]).toEqual([true, false]);
    expect(accepts(queryBoolean(), '1')).toBe(false);
  });
});

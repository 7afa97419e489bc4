import { describe, expect, it } from '@jest/globals';
import { decodePart, MAX_TOKEN_LENGTH, parseToken } from './token.js';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const token = (header: unknown) => `${encode(header)}.${encode({ sub: 'ada' })}.AAAA`;
const good = { alg: 'RS256', kid: 'a' };

describe('parseToken', () => {
  it.each([['JWT'], ['jwt'], ['at+jwt'], ['AT+JWT'], ['application/jwt'], ['application/at+jwt']])(
    'accepts typ %s',
    (typ) => {
      expect(parseToken(token({ ...good, typ })).kid).toBe('a');
    },
  );

  it.each<[unknown, boolean]>([
    ['scoped+jwt', true],
    ['application/Scoped+JWT', true],
    ['at+jwt', false],
    [undefined, false],
  ])('says whether scopes limit a token of the type %s: %s', (typ, isScoped) => {
    expect(parseToken(token({ ...good, typ })).isScoped).toBe(isScoped);
  });

  it.each<[string, unknown]>([
    ['type', { ...good, typ: 'scoped' }],
    ['type', { ...good, typ: '' }],
    ['type', { ...good, typ: null }],
    ['type', { ...good, typ: 'at+jwt ' }],
    ['type', { ...good, typ: 'application/application/jwt' }],
    ['type', { ...good, typ: ['JWT'] }],
    ['unsupported_header', { ...good, crit: null }],
    ['unsupported_header', { ...good, b64: false }],
    ['unsupported_header', { ...good, zip: 'DEF' }],
    ['algorithm', { kid: 'a' }],
    ['algorithm', { ...good, alg: 'rs256' }],
    ['algorithm', { ...good, alg: 'RS256 ' }],
    ['algorithm', { ...good, alg: 0 }],
    ['algorithm', '{"__proto__":{"alg":"RS256","kid":"a"}}'],
    ['missing_kid', { ...good, kid: 'a\u0000' }],
    ['missing_kid', { ...good, kid: ['a'] }],
    ['missing_kid', { ...good, kid: 'a'.repeat(513) }],
    ['malformed', 'null'],
    ['malformed', '"RS256"'],
    ['malformed', '\ufeff{"alg":"RS256","kid":"a"}'],
    ['malformed', `{"alg":"RS256","kid":"a"}{}`],
  ])('%s: %j', (reason, header) => {
    expect(() => parseToken(token(header))).toThrow(reason);
  });

  it.each(['', '.', '..', 'a.b', 'a.b.c.d', '.a.b', 'a..b', 'a.b.', 'a.b.c\n', 'a.b.c ', 'а.b.c'])(
    'malformed: %j',
    (text) => {
      expect(() => parseToken(text)).toThrow('malformed');
    },
  );

  it('uses the last of two members with the same name, like JSON.parse', () => {
    const twice = `{"alg":"none","alg":"RS256","kid":"x","kid":"a"}`;
    expect(parseToken(token(twice))).toMatchObject({ algorithm: 'RS256', kid: 'a' });
  });
});

it('limits a token to 8,192 characters', () => {
  const parts = `${encode(good)}.${encode({ sub: 'ada' })}.`;
  const ofLength = (length: number) => parts + 'A'.repeat(length - parts.length);
  expect(MAX_TOKEN_LENGTH).toBe(8_192);
  expect(parseToken(ofLength(MAX_TOKEN_LENGTH)).kid).toBe('a');
  expect(() => parseToken(ofLength(MAX_TOKEN_LENGTH + 1))).toThrow('too_long');
});

it('rejects invalid UTF-8', () => {
  expect(() => decodePart(Buffer.from('7b2261223a22ff227d', 'hex').toString('base64url'))).toThrow(
    'malformed',
  );
});

it('parses any hostile 8,192 characters in less than 2 ms', () => {
  const hostile = [
    'a'.repeat(8_192),
    'a.'.repeat(4_096),
    '.'.repeat(8_192),
    `${encode('['.repeat(6_000))}.a.a`,
    `${encode(`{"a":${'{"a":'.repeat(1_000)}`)}.a.a`,
    `${encode({ ...good, kid: 'a'.repeat(5_800) })}.a.a`,
    `${encode({ ...good, typ: 'A'.repeat(5_800) })}.a.a`,
    `${encode(good)}.${'a'.repeat(8_000)}.${'a'.repeat(100)}`,
  ];
  for (const text of hostile) {
    const times = Array.from({ length: 15 }, () => {
      const begun = performance.now();
      try {
        parseToken(text);
      } catch {
        // Only the duration matters.
      }
      return performance.now() - begun;
    });
    // An expensive header is expensive every time; a busy machine only delays some rounds.
    expect(Math.min(...times)).toBeLessThan(2);
  }
});

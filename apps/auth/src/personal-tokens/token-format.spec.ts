import { describe, expect, it } from '@jest/globals';
import { createToken, hashToken, readPersonalToken } from './token-format.js';

const read = (token: string) => readPersonalToken(`Bearer ${token}`);

it('creates tokens of one length, with a prefix that secret scanners can search', () => {
  const tokens = Array.from({ length: 1_000 }, createToken);
  for (const token of tokens) {
    expect(token).toMatch(/^ntt_[0-9A-Za-z]{49}$/);
    expect(read(token)).toBe(token);
  }
  expect(new Set(tokens).size).toBe(1_000);
  expect(new Set(tokens.map(hashToken)).size).toBe(1_000);
});

describe('an Authorization header', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'Bearer  '])('contains a token after %j', (scheme) => {
    const token = createToken();
    expect(readPersonalToken(`${scheme} ${token}`)).toBe(token);
  });

  it('contains none without the scheme Bearer', () => {
    const token = createToken();
    for (const header of [token, `Basic ${token}`, `Bearer${token}`, `Token ${token}`, '', null, undefined]) {
      expect(readPersonalToken(header)).toBeUndefined();
    }
  });

  it('contains none if any character of it has changed', () => {
    const token = createToken();
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(read(token.slice(0, index) + other + token.slice(index + 1))).toBeUndefined();
    }
  });

  it.each<[string, (token: string) => string]>([
    ['a character less', (token) => token.slice(0, -1)],
    ['a character more', (token) => `${token}a`],
    ['a line break', (token) => `${token}\n`],
    ['a space', (token) => `${token} `],
    ['another prefix', (token) => token.replace('ntt_', 'ghp_')],
    ['the prefix in upper case', (token) => token.replace('ntt_', 'NTT_')],
    ['no prefix', (token) => token.replace('ntt_', '')],
    ['16,000 characters', () => `ntt_${'a'.repeat(16_000)}`],
    ['an access token', () => 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl'],
  ])('contains none with %s', (_, change) => {
    expect(read(change(createToken()))).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { MAX_TOKEN_LENGTH, readBearerToken } from './bearer-token.js';

const read = (authorization: string | undefined, rawHeaders: string[] = []) =>
  readBearerToken({ headers: { authorization }, raw: { rawHeaders } });

describe('readBearerToken', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER   abc'])('reads %j', (header) => {
    expect(read(header)).toBe('abc');
  });

  it.each([undefined, '', 'Bearer', 'Bearer\tabc', 'Basic abc', 'Bearerabc', ' Bearer abc', 'BeаrerX abc'])(
    'finds no token in %j',
    (header) => {
      expect(read(header)).toBeUndefined();
    },
  );

  it('reads a token of 8,192 characters, and no longer one', () => {
    const token = 'a'.repeat(MAX_TOKEN_LENGTH);
    expect(read(`Bearer ${token}`)).toBe(token);
    expect(() => read(`Bearer ${token}a`)).toThrow('too_long');
  });

  it('refuses two headers, however they are written', () => {
    expect(() => read('Bearer abc', ['Authorization', 'Bearer abc', 'AUTHORIZATION', 'x'])).toThrow(
      'duplicate_header',
    );
  });

  it('takes no value of another header for a second one', () => {
    expect(read('Bearer abc', ['Authorization', 'Bearer abc', 'X-Name', 'authorization'])).toBe('abc');
  });
});

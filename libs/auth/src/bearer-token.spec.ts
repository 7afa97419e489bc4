import { describe, expect, it } from '@jest/globals';
import { readBearerToken } from './bearer-token.js';
import { MAX_TOKEN_LENGTH } from './token.js';

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

  it('reads a token of 8,192 characters', () => {
    const token = 'a'.repeat(MAX_TOKEN_LENGTH);
    expect(read(`Bearer ${token}`)).toBe(token);
  });

  it('rejects two headers, whatever the case of their names', () => {
    expect(() => read('Bearer abc', ['Authorization', 'Bearer abc', 'AUTHORIZATION', 'x'])).toThrow(
      'duplicate_header',
    );
  });

  it('does not mistake the value of another header for a second one', () => {
    expect(read('Bearer abc', ['Authorization', 'Bearer abc', 'X-Name', 'authorization'])).toBe('abc');
  });
});

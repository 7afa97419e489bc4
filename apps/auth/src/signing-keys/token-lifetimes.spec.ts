import { describe, expect, it } from '@jest/globals';
import { assertTokenLifetimes, tokenLifetimes } from './token-lifetimes.js';

describe('token lifetimes', () => {
  it('are 15 minutes for a token, 30 days for a key, and a day of grace', () => {
    expect(tokenLifetimes).toMatchObject({
      tokenSeconds: 900,
      rotationSeconds: 2_592_000,
      graceSeconds: 86_400,
    });
  });

  it.each([
    ['a token that outlives its key', { tokenSeconds: 86_400 }, /graceSeconds must cover/],
    [
      'a grace that forgets how old the copies of verifiers are',
      { graceSeconds: 900 },
      /graceSeconds must cover/,
    ],
    ['keys that pile up', { rotationSeconds: 3_600 }, /rotationSeconds must not be less/],
    ['no lifetime at all', { tokenSeconds: 0 }, /tokenSeconds must be a whole number/],
    ['half a second', { leewaySeconds: 0.5 }, /leewaySeconds must be a whole number/],
  ])('refuse %s', (_case, change, message) => {
    expect(() => assertTokenLifetimes({ ...tokenLifetimes, ...change })).toThrow(message);
  });
});

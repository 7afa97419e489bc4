import { describe, expect, it } from '@jest/globals';
import { assertTokenLifetimes, tokenLifetimes } from './token-lifetimes.js';

describe('tokenLifetimes', () => {
  it('expires tokens after 15 minutes and keys after 30 days, with one day of grace', () => {
    expect(tokenLifetimes).toMatchObject({
      tokenSeconds: 900,
      rotationSeconds: 2_592_000,
      graceSeconds: 86_400,
    });
  });
});

describe('assertTokenLifetimes', () => {
  it.each([
    ['a token that outlives its key', { tokenSeconds: 86_400 }, /graceSeconds must cover/],
    [
      'a grace period that ignores how long verifiers cache the keys',
      { graceSeconds: 900 },
      /graceSeconds must cover/,
    ],
    [
      'a rotation interval shorter than the grace period',
      { rotationSeconds: 3_600 },
      /rotationSeconds must not be less/,
    ],
    ['a lifetime of 0', { tokenSeconds: 0 }, /tokenSeconds must be a whole number/],
    ['a fraction of a second', { leewaySeconds: 0.5 }, /leewaySeconds must be a whole number/],
  ])('rejects %s', (_case, change, message) => {
    expect(() => assertTokenLifetimes({ ...tokenLifetimes, ...change })).toThrow(message);
  });
});

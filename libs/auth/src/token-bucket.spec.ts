import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function takeAll(bucket: TokenBucket): number {
  let taken = 0;
  while (taken < 100 && bucket.take()) {
    taken += 1;
  }
  return taken;
}

it('allows a burst of five, then one every five seconds', () => {
  const bucket = new TokenBucket();
  expect(takeAll(bucket)).toBe(5);
  jest.advanceTimersByTime(4_999);
  expect(takeAll(bucket)).toBe(0);
  expect(bucket.msUntilNext()).toBe(1);
  jest.advanceTimersByTime(1);
  expect(takeAll(bucket)).toBe(1);
  jest.advanceTimersByTime(11_000);
  expect(takeAll(bucket)).toBe(2);
});

it('accumulates at most five tokens', () => {
  const bucket = new TokenBucket();
  jest.advanceTimersByTime(3_600_000);
  expect(takeAll(bucket)).toBe(5);
});

it('allows the same rate however often it is polled', () => {
  const bucket = new TokenBucket();
  takeAll(bucket);
  let taken = 0;
  for (let tick = 0; tick < 60_000; tick++) {
    jest.advanceTimersByTime(1);
    taken += Number(bucket.take());
  }
  expect([11, 12]).toContain(taken);
});

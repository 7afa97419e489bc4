import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { ExpiringMap } from './expiring-map.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('returns an entry until it expires', () => {
  const map = new ExpiringMap<string>();
  map.set('a', 'first', 1_000);
  jest.advanceTimersByTime(400);
  expect(map.get('a')).toEqual({ value: 'first', remainingMs: 600 });
  jest.advanceTimersByTime(600);
  expect(map.get('a')).toBeUndefined();
});

it('ignores changes of the system time', () => {
  const map = new ExpiringMap<string>();
  map.set('a', 'first', 1_000);
  jest.setSystemTime(0);
  expect(map.get('a')).toMatchObject({ remainingMs: 1_000 });
  jest.setSystemTime(Date.UTC(2100));
  expect(map.get('a')).toMatchObject({ remainingMs: 1_000 });
});

it('removes the oldest entry when it is full', () => {
  const map = new ExpiringMap<number>(2);
  map.set('a', 1, 1_000);
  map.set('b', 2, 1_000);
  map.set('a', 3, 1_000);
  map.set('c', 4, 1_000);
  expect(['a', 'b', 'c'].map((key) => map.get(key)?.value)).toEqual([3, undefined, 4]);
});

import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { FetchBudget } from './fetch-budget.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function takeAll(budget: FetchBudget): number {
  let taken = 0;
  while (taken < 100 && budget.take()) {
    taken += 1;
  }
  return taken;
}

it('allows five at once, and one more for every five seconds', () => {
  const budget = new FetchBudget();
  expect(takeAll(budget)).toBe(5);
  jest.advanceTimersByTime(4_999);
  expect(takeAll(budget)).toBe(0);
  expect(budget.millisecondsToNext()).toBe(1);
  jest.advanceTimersByTime(1);
  expect(takeAll(budget)).toBe(1);
  jest.advanceTimersByTime(11_000);
  expect(takeAll(budget)).toBe(2);
});

it('saves up for no more than five', () => {
  const budget = new FetchBudget();
  jest.advanceTimersByTime(3_600_000);
  expect(takeAll(budget)).toBe(5);
});

it('is not spent any sooner by asking often', () => {
  const budget = new FetchBudget();
  takeAll(budget);
  let taken = 0;
  for (let tick = 0; tick < 60_000; tick++) {
    jest.advanceTimersByTime(1);
    taken += Number(budget.take());
  }
  expect([11, 12]).toContain(taken);
});

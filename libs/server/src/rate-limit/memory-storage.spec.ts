import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { MemoryStorage } from './memory-storage.js';

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

it('counts each key in its own window, and starts a new window when one expires', async () => {
  const storage = new MemoryStorage();
  const hit = (key: string) => storage.increment(key, 60_000, 2);
  expect(await hit('a')).toMatchObject({ totalHits: 1, isBlocked: false, timeToExpire: 60 });
  jest.advanceTimersByTime(30_000);
  expect(await hit('a')).toMatchObject({ totalHits: 2, isBlocked: false, timeToExpire: 30 });
  expect(await hit('a')).toMatchObject({ totalHits: 3, isBlocked: true, timeToBlockExpire: 30 });
  expect(await hit('b')).toMatchObject({ totalHits: 1, isBlocked: false });
  jest.advanceTimersByTime(30_000);
  expect(await hit('a')).toMatchObject({ totalHits: 1, isBlocked: false, timeToExpire: 60 });
});

it('removes expired windows', async () => {
  const storage = new MemoryStorage();
  for (let key = 0; key < 1000; key++) {
    await storage.increment(String(key), 60_000, 2);
  }
  jest.advanceTimersByTime(61_000);
  await storage.increment('last', 60_000, 2);
  expect(storage).toMatchObject({ windows: { size: 1 } });
});

it.each([-3_600_000, 3_600_000])(
  'keeps the length of a window when the clock steps by %i ms',
  async (stepMs) => {
    const storage = new MemoryStorage();
    await storage.increment('a', 60_000, 1);
    jest.setSystemTime(stepMs);
    expect(await storage.increment('a', 60_000, 1)).toMatchObject({ totalHits: 2, timeToExpire: 60 });
    jest.advanceTimersByTime(60_000);
    expect(await storage.increment('a', 60_000, 1)).toMatchObject({ totalHits: 1 });
  },
);

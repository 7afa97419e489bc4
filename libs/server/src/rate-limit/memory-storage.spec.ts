import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { MemoryStorage } from './memory-storage.js';

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

it('counts each key in its own window, and starts a new window when one expires', async () => {
  const storage = new MemoryStorage();
  const hit = (key: string) => storage.increment(key, 60_000, 2);
  expect(await hit('a')).toMatchObject({ totalHits: 1, isBlocked: false, timeToExpire: 60 });
  jest.setSystemTime(30_000);
  expect(await hit('a')).toMatchObject({ totalHits: 2, isBlocked: false, timeToExpire: 30 });
  expect(await hit('a')).toMatchObject({ totalHits: 3, isBlocked: true, timeToBlockExpire: 30 });
  expect(await hit('b')).toMatchObject({ totalHits: 1, isBlocked: false });
  jest.setSystemTime(60_000);
  expect(await hit('a')).toMatchObject({ totalHits: 1, isBlocked: false, timeToExpire: 60 });
});

it('removes expired windows', async () => {
  const storage = new MemoryStorage();
  for (let key = 0; key < 1000; key++) {
    await storage.increment(String(key), 60_000, 2);
  }
  jest.setSystemTime(61_000);
  await storage.increment('last', 60_000, 2);
  expect(storage).toMatchObject({ windows: { size: 1 } });
});

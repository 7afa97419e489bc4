import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ConnectionLimiter } from './connection-limiter.js';

let limiter: ConnectionLimiter;
/** The work that is running, in the order in which it started. */
let running: string[];
let end: Map<string, () => void>;
let failed: Map<string, Error>;

beforeEach(() => {
  jest.useFakeTimers();
  running = [];
  end = new Map();
  failed = new Map();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Starts work that runs until `finish(name)`. The owner is the name without its number. */
function start(name: string, options?: { isSearch: boolean }): void {
  const work = () => {
    running.push(name);
    return new Promise<void>((resolve) => end.set(name, resolve));
  };
  limiter.run(name.replace(/\d+$/, ''), work, options).catch((error: Error) => failed.set(name, error));
}

async function finish(name: string): Promise<void> {
  running.splice(running.indexOf(name), 1);
  end.get(name)!();
  await settle();
}

const settle = () => jest.advanceTimersByTimeAsync(0);

describe('ConnectionLimiter', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [10, 5],
  ])('of %i connections gives one owner at most %i', async (poolSize, expected) => {
    limiter = new ConnectionLimiter(poolSize);
    for (let index = 0; index < 20; index += 1) {
      start(`ada${index}`);
    }
    await settle();
    expect(running).toHaveLength(expected);
    expect(limiter.waitingCount).toBe(20 - expected);
  });

  it('never runs more work than there are connections', async () => {
    limiter = new ConnectionLimiter(4);
    for (const name of ['ada1', 'ada2', 'bob1', 'bob2', 'eve1', 'eve2']) {
      start(name);
    }
    await settle();
    expect(running).toEqual(['ada1', 'ada2', 'bob1', 'bob2']);
  });

  it('keeps connections free for work other than searches', async () => {
    limiter = new ConnectionLimiter(8);
    for (const owner of ['ada', 'bob', 'eve']) {
      for (const index of [1, 2, 3]) {
        start(`${owner}${index}`, { isSearch: true });
      }
    }
    await settle();
    expect(running).toEqual(['ada1', 'ada2', 'bob1', 'bob2']);
    start('ada4');
    start('eve4');
    await settle();
    expect(running.slice(4)).toEqual(['ada4', 'eve4']);
    await finish('ada1');
    expect(running.at(-1)).toBe('ada3');
  });

  it('lets owners take turns', async () => {
    limiter = new ConnectionLimiter(1);
    for (const name of ['ada1', 'ada2', 'ada3', 'ada4', 'bob1', 'bob2']) {
      start(name);
    }
    const order = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await settle();
      order.push(running[0]);
      await finish(running[0]!);
    }
    expect(order).toEqual(['ada1', 'ada2', 'bob1', 'ada3', 'bob2', 'ada4']);
    expect(limiter.waitingCount).toBe(0);
  });

  it('starts two when the end of one search lets two start', async () => {
    limiter = new ConnectionLimiter(3);
    start('ada1', { isSearch: true });
    start('ada2');
    start('bob1', { isSearch: true });
    await settle();
    expect(running).toEqual(['ada1']);
    await finish('ada1');
    expect(running).toEqual(['ada2', 'bob1']);
  });

  it('rejects only the owner whose work waits for 1.5 s', async () => {
    limiter = new ConnectionLimiter(2);
    start('ada1');
    start('ada2');
    await jest.advanceTimersByTimeAsync(1_400);
    start('bob1');
    await jest.advanceTimersByTimeAsync(100);
    expect([...failed.keys()]).toEqual(['ada2']);
    expect(failed.get('ada2')!.message).toMatch(/^Too many of your requests/);
    expect(running).toEqual(['ada1', 'bob1']);
    await finish('ada1');
    start('ada3');
    await settle();
    expect(running).toEqual(['bob1', 'ada3']);
  });

  it('frees the connection of work that fails', async () => {
    limiter = new ConnectionLimiter(1);
    await expect(limiter.run('ada', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(limiter.run('ada', () => Promise.resolve(1))).resolves.toBe(1);
  });
});

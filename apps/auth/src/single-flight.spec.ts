import { describe, expect, it } from '@jest/globals';
import { singleFlight } from './single-flight.js';

/** A task whose runs end when the test calls `finish`. */
function controlledTask() {
  const pending: (() => void)[] = [];
  let runs = 0;
  const task = () => {
    const run = ++runs;
    return new Promise<number>((resolve) => pending.push(() => resolve(run)));
  };
  const finish = async () => {
    pending.shift()!();
    await new Promise(setImmediate);
  };
  return { task, finish, runs: () => runs };
}

describe('singleFlight', () => {
  it('gives all callers that arrive during a run the same next run', async () => {
    const { task, finish, runs } = controlledTask();
    const shared = singleFlight(task);
    const first = shared();
    const waiting = Array.from({ length: 100 }, () => shared());
    expect(runs()).toBe(1);

    await finish();
    expect(runs()).toBe(2);
    const late = shared();
    await finish();
    await finish();

    expect(await first).toBe(1);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([2]));
    expect(await late).toBe(3);
  });

  it('runs again after a failure', async () => {
    let runs = 0;
    const shared = singleFlight(async () => {
      runs++;
      if (runs === 1) {
        throw new Error('once');
      }
      return runs;
    });
    await expect(Promise.all([shared(), shared()])).rejects.toThrow('once');
    expect(await shared()).toBeGreaterThan(1);
  });
});

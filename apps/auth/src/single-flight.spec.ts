import { describe, expect, it } from '@jest/globals';
import { singleFlight } from './single-flight.js';

/** A task that ends when told to, and counts its runs. */
function controlled() {
  const ends: ((value: number) => void)[] = [];
  let runs = 0;
  const task = () => {
    const run = ++runs;
    return new Promise<number>((resolve) => ends.push(() => resolve(run)));
  };
  const end = async () => {
    ends.shift()!(0);
    await new Promise(setImmediate);
  };
  return { task, end, runs: () => runs };
}

describe('singleFlight', () => {
  it('gives who comes during a run the next one, once for all', async () => {
    const { task, end, runs } = controlled();
    const shared = singleFlight(task);
    const first = shared();
    const waiting = Array.from({ length: 100 }, () => shared());
    expect(runs()).toBe(1);

    await end();
    expect(runs()).toBe(2);
    const late = shared();
    await end();
    await end();

    expect(await first).toBe(1);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([2]));
    expect(await late).toBe(3);
  });

  it('runs again after a failure', async () => {
    let runs = 0;
    const shared = singleFlight(async () => {
      runs++;
      if (runs === 1) throw new Error('once');
      return runs;
    });
    await expect(Promise.all([shared(), shared()])).rejects.toThrow('once');
    expect(await shared()).toBeGreaterThan(1);
  });
});

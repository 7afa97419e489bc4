import { ExpiringMap } from './expiring-map.js';

/** Counts events per key in fixed windows, in the memory of this process. */
export class MemoryCounters {
  private readonly counters = new ExpiringMap<{ count: number }>();

  /** @param max Events per window */
  constructor(
    private readonly windowMs: number,
    private readonly max: number,
  ) {}

  /** Counts an event. Returns the seconds to wait if the key is over its limit, else null. */
  count(key: string): number | null {
    const counter = this.counters.get(key);
    if (!counter) {
      this.counters.set(key, { count: 1 }, this.windowMs);
      return null;
    }
    return ++counter.value.count > this.max ? toSeconds(counter.remainingMs) : null;
  }

  /** Returns the seconds to wait if the next event exceeds the limit of the key, else null. */
  check(key: string): number | null {
    const counter = this.counters.get(key);
    return counter && counter.value.count >= this.max ? toSeconds(counter.remainingMs) : null;
  }
}

const toSeconds = (ms: number) => Math.ceil(ms / 1000);

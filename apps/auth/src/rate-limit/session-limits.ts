import { ExpiringMap } from './expiring-map.js';

const WINDOW_MS = 10_000;
const MAX_REQUESTS = 100;

/**
 * Limits requests of the session itself (`/get-session`, `/token`, `/sign-out`) in the memory of this process: those with
 * a session per session, and those without per address. So users who share an address don't share a limit.
 */
export class SessionLimits {
  private readonly counters = new ExpiringMap<{ count: number }>();

  constructor(private readonly enabled: boolean) {}

  /** Counts a request with a valid cookie. Returns the seconds to wait if the session is over its limit, else null. */
  countRequest(sessionToken: string): number | null {
    return this.count(`session|${sessionToken}`);
  }

  /** Counts a request without a session. Returns the seconds to wait if the address is over its limit, else null. */
  countFailure(address: string): number | null {
    return this.count(`address|${address}`);
  }

  private count(key: string): number | null {
    if (!this.enabled) {
      return null;
    }
    const counter = this.counters.get(key);
    if (!counter) {
      this.counters.set(key, { count: 1 }, WINDOW_MS);
      return null;
    }
    counter.value.count++;
    return counter.value.count > MAX_REQUESTS ? Math.ceil(counter.remainingMs / 1000) : null;
  }
}

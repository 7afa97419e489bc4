import { MemoryCounters } from './memory-counters.js';

const WINDOW_MS = 10_000;
const MAX_REQUESTS = 100;

/**
 * Limits requests of the session itself (`/get-session`, `/token`, `/sign-out`) in the memory of this process: those with
 * a session per session, and those without per address. So users who share an address don't share a limit.
 */
export class SessionLimits {
  private readonly counters = new MemoryCounters(WINDOW_MS, MAX_REQUESTS);

  constructor(private readonly enabled: boolean) {}

  /** Counts a request with a valid cookie. Returns the seconds to wait if the session is over its limit, else null. */
  countRequest(sessionToken: string): number | null {
    return this.enabled ? this.counters.count(`session|${sessionToken}`) : null;
  }

  /** Counts a request without a session. Returns the seconds to wait if the address is over its limit, else null. */
  countFailure(address: string): number | null {
    return this.enabled ? this.counters.count(`address|${address}`) : null;
  }
}

import { ExpiringMap } from './expiring-map.js';
import { MemoryCounters } from './memory-counters.js';

const WINDOW_MS = 60_000;
/** Each access token is valid for 15 minutes, so this is enough for many machines that share a personal token. */
const MAX_EXCHANGES = 60;
const MAX_FAILURES = 60;

/**
 * Limits exchanges of personal tokens in the memory of this process: per token, and those with an invalid token per address.
 * A token that was valid in the last minute is not limited by its address, which other scripts may share.
 */
export class ExchangeLimits {
  private readonly exchanges = new MemoryCounters(WINDOW_MS, MAX_EXCHANGES);
  private readonly failures = new MemoryCounters(WINDOW_MS, MAX_FAILURES);
  private readonly validTokens = new ExpiringMap<true>();

  constructor(private readonly enabled: boolean) {}

  /** Counts an exchange. Returns the seconds to wait if the token or the address is over its limit, else null. */
  countExchange(tokenHash: string, address: string): number | null {
    if (!this.enabled) {
      return null;
    }
    const retryAfter = this.validTokens.get(tokenHash) ? null : this.failures.check(address);
    return retryAfter ?? this.exchanges.count(tokenHash);
  }

  recordResult(tokenHash: string, address: string, isValid: boolean): void {
    if (isValid) {
      this.validTokens.set(tokenHash, true, WINDOW_MS);
    } else {
      this.validTokens.delete(tokenHash);
      this.failures.count(address);
    }
  }
}

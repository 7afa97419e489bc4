import { ExpiringMap } from './expiring-map.js';

const WINDOW_MS = 60_000;
/** Each exchange is good for 15 minutes, so this is enough for many machines that share a token. */
const MAX_EXCHANGES = 60;
const MAX_FAILURES = 60;

interface Counter {
  count: number;
}

/**
 * Limits exchanges of personal tokens in the memory of this process: per token, and those with an invalid token per address.
 * An address over its limit is rejected before the database looks for its token.
 */
export class ExchangeLimits {
  private readonly exchanges = new ExpiringMap<Counter>();
  private readonly failures = new ExpiringMap<Counter>();

  constructor(private readonly enabled: boolean) {}

  /** Counts an exchange. Returns the seconds to wait if the token or the address is over its limit, else null. */
  countExchange(token: string | undefined, address: string): number | null {
    const failures = this.failures.get(address);
    if (failures && failures.value.count >= MAX_FAILURES) {
      return toSeconds(failures.remainingMs);
    }
    return token !== undefined && this.count(this.exchanges, token) > MAX_EXCHANGES
      ? toSeconds(this.exchanges.get(token)?.remainingMs ?? 0)
      : null;
  }

  countFailure(address: string): void {
    this.count(this.failures, address);
  }

  private count(counters: ExpiringMap<Counter>, key: string): number {
    if (!this.enabled) {
      return 0;
    }
    const counter = counters.get(key)?.value;
    if (!counter) {
      counters.set(key, { count: 1 }, WINDOW_MS);
      return 1;
    }
    return ++counter.count;
  }
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

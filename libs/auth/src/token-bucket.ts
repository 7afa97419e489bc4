const CAPACITY = 5;
const REFILL_INTERVAL_MS = 5_000;

/** Limits how often the keys are fetched: a burst of five, then one more every five seconds. */
export class TokenBucket {
  private tokens = CAPACITY;
  private refilledAt = performance.now();

  /** Takes a token, and returns false if there is none. */
  take(): boolean {
    this.refill();
    if (this.tokens < 1) {
      return false;
    }
    this.tokens -= 1;
    return true;
  }

  msUntilNext(): number {
    this.refill();
    return Math.max(0, Math.ceil((1 - this.tokens) * REFILL_INTERVAL_MS));
  }

  private refill(): void {
    const now = performance.now();
    this.tokens = Math.min(CAPACITY, this.tokens + (now - this.refilledAt) / REFILL_INTERVAL_MS);
    this.refilledAt = now;
  }
}

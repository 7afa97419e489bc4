const BURST = 5;
const INTERVAL_MS = 5_000;

/** How often an issuer may be asked: five times at once, and once more for every five seconds that have passed. */
export class FetchBudget {
  private left = BURST;
  private countedAt = performance.now();

  /** Takes one, where there is one left. */
  take(): boolean {
    this.count();
    if (this.left < 1) {
      return false;
    }
    this.left -= 1;
    return true;
  }

  millisecondsToNext(): number {
    this.count();
    return Math.max(0, Math.ceil((1 - this.left) * INTERVAL_MS));
  }

  private count(): void {
    const now = performance.now();
    this.left = Math.min(BURST, this.left + (now - this.countedAt) / INTERVAL_MS);
    this.countedAt = now;
  }
}

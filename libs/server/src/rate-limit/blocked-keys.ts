/** The users or addresses that have used up their limit, until their window ends. Checking one is a lookup in memory. */
export class BlockedKeys {
  private readonly endTimes = new Map<string, number>();

  get size(): number {
    return this.endTimes.size;
  }

  add(key: string, durationSeconds: number): void {
    if (!this.endTimes.has(key)) {
      this.endTimes.set(key, Math.floor(performance.now()) + durationSeconds * 1000);
      setTimeout(() => this.endTimes.delete(key), durationSeconds * 1000).unref();
    }
  }

  /** Returns the seconds until the block ends, at least 1, or undefined if the key is not blocked. */
  getRemainingSeconds(key: string): number | undefined {
    const endTime = this.endTimes.get(key);
    return endTime === undefined
      ? undefined
      : Math.max(1, Math.ceil((endTime - Math.floor(performance.now())) / 1000));
  }
}

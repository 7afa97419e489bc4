interface Entry<V> {
  value: V;
  expiresAt: number;
}

/** A map whose entries expire by a monotonic clock. When it is full, the oldest entry makes room for a new one. */
export class ExpiringMap<V> {
  private readonly entries = new Map<string, Entry<V>>();

  constructor(private readonly maxSize = 10_000) {}

  get(key: string): { value: V; remainingMs: number } | undefined {
    const entry = this.entries.get(key);
    const remainingMs = entry ? entry.expiresAt - performance.now() : 0;
    if (!entry || remainingMs <= 0) {
      this.entries.delete(key);
      return undefined;
    }
    return { value: entry.value, remainingMs };
  }

  set(key: string, value: V, lifetimeMs: number): void {
    this.entries.delete(key);
    if (this.entries.size >= this.maxSize) {
      this.entries.delete(this.entries.keys().next().value!);
    }
    this.entries.set(key, { value, expiresAt: performance.now() + lifetimeMs });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}

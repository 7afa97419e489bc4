import type { Pool } from 'pg';

export type ObservedPool = Pick<Pool, 'idleCount' | 'totalCount' | 'waitingCount'>;

export const observedPools = new Set<ObservedPool>();

/**
 * Adds a connection pool to the metric `database_connections`.
 *
 * @returns A function that removes the pool.
 */
export function observePool(pool: ObservedPool): () => void {
  observedPools.add(pool);
  return () => void observedPools.delete(pool);
}

import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

type ObservedPool = Pick<Pool, 'idleCount' | 'totalCount' | 'waitingCount'>;

const pools = new Set<ObservedPool>();

const connections = new Gauge({
  name: 'database_connections',
  help: 'PostgreSQL connections by state, and requests that wait for one.',
  labelNames: ['state'],
  collect: () => {
    const sum = (count: (pool: ObservedPool) => number) =>
      [...pools].reduce((total, pool) => total + count(pool), 0);
    connections.set(
      { state: 'idle' },
      sum((pool) => pool.idleCount),
    );
    connections.set(
      { state: 'busy' },
      sum((pool) => pool.totalCount - pool.idleCount),
    );
    connections.set(
      { state: 'waiting' },
      sum((pool) => pool.waitingCount),
    );
  },
});

/**
 * Adds a connection pool to the metric `database_connections`.
 *
 * @returns A function that removes the pool.
 */
export function observePool(pool: ObservedPool): () => void {
  pools.add(pool);
  return () => void pools.delete(pool);
}

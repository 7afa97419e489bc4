import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

const pools = new Set<Pool>();

const connections = new Gauge({
  name: 'database_connections',
  help: 'Connections to Postgres by state, and requests that wait for one.',
  labelNames: ['state'],
  collect: () => {
    const sum = (of: (pool: Pool) => number) => [...pools].reduce((total, pool) => total + of(pool), 0);
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

/** Has the metrics show a pool, until the answered function is called. */
export function observePool(pool: Pool): () => void {
  pools.add(pool);
  return () => void pools.delete(pool);
}

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';
import { type ObservedPool, observedPools } from './postgres/observed-pools.js';

const requestDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the arrival of a request to the end of its response.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const seriesByKey = new Map<string, ReturnType<typeof requestDuration.labels>>();
let collectsProcessMetrics = false;

const connections = new Gauge({
  name: 'database_connections',
  help: 'PostgreSQL connections by state, and requests that wait for one.',
  labelNames: ['state'],
  collect: () => {
    const sum = (count: (pool: ObservedPool) => number) =>
      [...observedPools].reduce((total, pool) => total + count(pool), 0);
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
 * Records a completed request.
 *
 * @param route The pattern of the route, not the path: each value creates a time series.
 */
export function observeRequest(method: string, route: string, status: number, durationMs: number): void {
  const key = `${method} ${route} ${status}`;
  let series = seriesByKey.get(key);
  if (!series) {
    series = requestDuration.labels(method, route, String(status));
    seriesByKey.set(key, series);
  }
  series.observe(durationMs / 1000);
}

function collectProcessMetrics(): void {
  if (!collectsProcessMetrics) {
    collectDefaultMetrics();
    collectsProcessMetrics = true;
  }
}

/** Serves `/metrics` in the Prometheus text format on the server's own port. */
export function registerMetricsRoute(fastify: FastifyInstance): void {
  collectProcessMetrics();
  fastify.get('/metrics', async (_, reply) => {
    reply.header('content-type', register.contentType);
    return register.metrics();
  });
}

/** Serves `/metrics` on a separate port, which need not be public. */
export async function startMetricsServer(port: number, host: string): Promise<Server> {
  collectProcessMetrics();
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    register.metrics().then(
      (text) => response.writeHead(200, { 'content-type': register.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await once(server.listen(port, host), 'listening');
  return server;
}

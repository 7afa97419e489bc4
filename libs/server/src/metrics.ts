import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';

const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the arrival of a request to the end of its answer.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const series = new Map<string, ReturnType<typeof duration.labels>>();
let collecting = false;

/** Counts a finished request. Routes are patterns, so that the number of series stays small. */
export function observeRequest(method: string, route: string, status: number, milliseconds: number): void {
  const key = `${method} ${route} ${status}`;
  let one = series.get(key);
  if (!one) {
    one = duration.labels(method, route, String(status));
    series.set(key, one);
  }
  one.observe(milliseconds / 1000);
}

function collectProcessMetrics(): void {
  if (!collecting) {
    collectDefaultMetrics();
    collecting = true;
  }
}

/** Serves `/metrics` in Prometheus' text format on the server itself. */
export function registerMetricsRoute(fastify: FastifyInstance): void {
  collectProcessMetrics();
  fastify.get('/metrics', async (_, reply) => {
    reply.header('content-type', register.contentType);
    return register.metrics();
  });
}

/** Serves `/metrics` on a port of its own, which can be kept from the public. */
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

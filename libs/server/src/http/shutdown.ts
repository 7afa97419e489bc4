import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';
import type { InFlight } from './request-log.js';

/** The progress of a shutdown. New requests are still served while `draining`, and rejected while `closing`. */
export interface Shutdown {
  phase: 'running' | 'draining' | 'closing';
}

/** Rejects new requests on open connections while the server closes, except health checks. */
export function rejectWhileClosing(fastify: FastifyInstance, shutdown: Shutdown): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (shutdown.phase !== 'closing') {
      done();
      return;
    }
    reply.header('connection', 'close');
    done(
      request.url.startsWith('/health/')
        ? undefined
        : new ProblemException(503, {
            detail: 'The server is shutting down. Try again.',
            headers: { 'retry-after': '1' },
          }),
    );
  });
}

/** Stops accepting connections, waits until no request is in flight, then closes all connections. */
export async function drain(server: Server, inFlight: InFlight): Promise<void> {
  server.close();
  while (inFlight.count > 0) {
    await sleep(20);
  }
  server.closeAllConnections();
}

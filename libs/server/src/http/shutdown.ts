import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';
import type { InFlight } from './request-log.js';

/** Where a server is on its way out: still answering while draining, refusing what is new while closing. */
export interface Shutdown {
  phase: 'running' | 'draining' | 'closing';
}

/** Refuses what still comes in on open connections once the server closes, except for questions about its health. */
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
            detail: 'This process is shutting down.',
            headers: { 'retry-after': '1' },
          }),
    );
  });
}

/** Takes no new connections, waits for the answers to what is in flight, and then closes every connection, idle or not. */
export async function drain(server: Server, inFlight: InFlight): Promise<void> {
  server.close();
  while (inFlight.count > 0) {
    await sleep(20);
  }
  server.closeAllConnections();
}

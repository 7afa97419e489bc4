import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { observeRequest } from '../metrics.js';
import { getTraceId } from './trace-id.js';

/** What nginx calls a request whose client left before it had its answer. */
const CLIENT_LEFT = 499;
const QUIET = /^\/(health\/|metrics$)/;

/** How many requests have no answer yet. */
export interface InFlight {
  count: number;
}

/** Follows a request to its end, also where that is an abort: one line in the log, one observation, one less in flight. */
export function createRequestLog(log: Logger, inFlight: InFlight) {
  return (request: FastifyRequest & { user?: { id: string } }, reply: FastifyReply): void => {
    inFlight.count += 1;
    reply.raw.once('close', () => {
      inFlight.count -= 1;
      const { method, id: requestId, user } = request;
      const route = getRoute(request);
      const { statusCode, writableFinished } = reply.raw;
      const status = writableFinished || statusCode >= 400 ? statusCode : CLIENT_LEFT;
      const elapsed = reply.elapsedTime;
      observeRequest(method, route, status, elapsed);
      log[QUIET.test(route) ? 'debug' : 'info'](
        {
          requestId,
          traceId: getTraceId(request.headers),
          method,
          route,
          status,
          durationMs: Math.round(elapsed * 10) / 10,
          userId: user?.id,
        },
        `${method} ${route} ${status}`,
      );
    });
  };
}

/** The pattern of the route that a request met, such as `/api/tasks/:id`. */
function getRoute(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
}

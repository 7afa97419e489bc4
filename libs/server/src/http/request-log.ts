import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { observeRequest } from '../metrics.js';
import { getTraceId } from './trace-id.js';

/** nginx's status code for a client that disconnected before the response was complete. */
const CLIENT_CLOSED_REQUEST = 499;
/** Probes and scrapes come every few seconds; they are logged at the level debug. */
const DEBUG_ROUTES = /^\/(health\/|metrics$)/;

/** The number of requests whose response is not complete. */
export interface InFlight {
  count: number;
}

/** Returns a hook that counts a request as in flight, and logs and measures it when it completes or is aborted. */
export function createRequestLogger(log: Logger, inFlight: InFlight) {
  return (request: FastifyRequest & { user?: { id: string } }, reply: FastifyReply): void => {
    inFlight.count += 1;
    reply.raw.once('close', () => {
      inFlight.count -= 1;
      const { method, id: requestId, user } = request;
      const route = getRoute(request);
      const { statusCode, writableFinished } = reply.raw;
      const status = writableFinished || statusCode >= 400 ? statusCode : CLIENT_CLOSED_REQUEST;
      const durationMs = reply.elapsedTime;
      observeRequest(method, route, status, durationMs);
      log[DEBUG_ROUTES.test(route) ? 'debug' : 'info'](
        {
          requestId,
          traceId: getTraceId(request.headers),
          method,
          route,
          status,
          durationMs: Math.round(durationMs * 10) / 10,
          userId: user?.id,
        },
        `${method} ${route} ${status}`,
      );
    });
  };
}

/** Returns the pattern of the matched route, such as `/api/tasks/:id`. */
function getRoute(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
}

import type { FastifyReply, FastifyRequest } from 'fastify';

/** What tells a browser that an answer is data: nothing to run, to frame or to guess at. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const TRANSPORT_SECURITY = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

const EXPOSED_HEADERS = 'ETag, Location, Retry-After, X-Request-Id';
const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'Authorization, Content-Type, If-Match, Idempotency-Key, X-Request-Id, traceparent, tracestate',
  'access-control-max-age': '600',
};

export interface ResponseHeadersOptions {
  production: boolean;
  corsOrigins?: string[];
}

/**
 * Sets what every answer bears, errors and refusals too: the request's id, security headers, and for the listed origins
 * the headers of CORS. Says whether that was all: a preflight has its answer then.
 */
export function createResponseHeaders({ production, corsOrigins = [] }: ResponseHeadersOptions) {
  const origins = new Set(corsOrigins);
  const fixed = {
    ...SECURITY_HEADERS,
    ...(production && TRANSPORT_SECURITY),
    ...(origins.size > 0 && { vary: 'Origin' }),
  };
  return (request: FastifyRequest, reply: FastifyReply): boolean => {
    reply.headers(fixed).header('x-request-id', request.id);
    const { origin } = request.headers;
    if (origin === undefined || origins.size === 0) {
      return false;
    }
    const listed = origins.has(origin);
    if (listed) {
      reply.header('access-control-allow-origin', origin);
      reply.header('access-control-expose-headers', EXPOSED_HEADERS);
    }
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) {
      return false;
    }
    void reply.status(204).headers(listed ? PREFLIGHT_HEADERS : {});
    return true;
  };
}

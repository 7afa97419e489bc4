import type { FastifyReply, FastifyRequest } from 'fastify';

/** For responses that are data: the browser must not run, frame or sniff them. */
const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
/** For responses that depend on who sent the request. A route can replace it, such as the JWKS. */
export const PRIVATE_CACHE_CONTROL = 'private, no-store';
const HSTS = 'max-age=31536000';

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
  /** Extends HSTS to all subdomains of the host: browsers then reach none of them over http. */
  hstsIncludeSubdomains?: boolean;
  corsCredentials?: boolean;
}

/**
 * Returns a hook that sets the request id, the security headers and the CORS headers of every response, including
 * errors. It also prevents caches from storing the response to a request with credentials. It returns true for a CORS
 * preflight request, whose response is then complete.
 */
export function createResponseHeaders({
  production,
  corsOrigins = [],
  hstsIncludeSubdomains = false,
  corsCredentials = false,
}: ResponseHeadersOptions) {
  const allowedOrigins = new Set(corsOrigins);
  const fixedHeaders = {
    ...SECURITY_HEADERS,
    ...(allowedOrigins.size > 0 && { vary: 'Origin' }),
  };
  const hsts = hstsIncludeSubdomains ? `${HSTS}; includeSubDomains` : HSTS;
  return (request: FastifyRequest, reply: FastifyReply): boolean => {
    reply.headers(fixedHeaders).header('x-request-id', request.id);
    // Browsers ignore it over http (RFC 6797, section 8.1).
    if (production && request.protocol === 'https') {
      reply.header('strict-transport-security', hsts);
    }
    const { origin, authorization, cookie } = request.headers;
    if (authorization !== undefined || cookie !== undefined) {
      reply.header('cache-control', PRIVATE_CACHE_CONTROL);
    }
    if (origin === undefined || allowedOrigins.size === 0) {
      return false;
    }
    const isAllowed = allowedOrigins.has(origin);
    if (isAllowed) {
      reply.header('access-control-allow-origin', origin);
      reply.header('access-control-expose-headers', EXPOSED_HEADERS);
      if (corsCredentials) {
        reply.header('access-control-allow-credentials', 'true');
      }
    }
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) {
      return false;
    }
    void reply.status(204).headers(isAllowed ? PREFLIGHT_HEADERS : {});
    return true;
  };
}

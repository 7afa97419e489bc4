import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawRequestDefaultExpression } from 'fastify';
import type { Logger } from 'pino';
import { createClientErrorHandler } from '../problem/client-error.js';
import { ProblemException } from '../problem/problem.exception.js';
import { sendProblem } from '../problem/problem.filter.js';
import { IDLE_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './route-options.js';
import { removeInvalidTraceparent } from './trace-id.js';

const BODY_LIMIT_BYTES = 100_000;
/** From the first byte of a request, or from the start of the connection, to the end of the headers. */
const HEADERS_TIMEOUT_MS = 5_000;
/** Longer than the idle timeout of common load balancers, so that they close idle connections first. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export interface AdapterOptions {
  log: Logger;
  trustProxy?: string[];
  /** Runs first for every request, including one with a malformed path. Returns true if the response is complete. */
  onRequest: (request: FastifyRequest, reply: FastifyReply) => boolean;
}

/** Creates a Fastify adapter with size limits, timeouts, and problem details for Fastify's own errors. */
export function createAdapter({ log, trustProxy, onRequest }: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: assignRequestId,
    requestIdHeader: false,
    trustProxy: trustProxy?.length ? trustProxy : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      // Node's own response to a request without a Host header has no body; requireHost below sends one.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    // Tests close the app without `start`, and must not wait for keep-alive connections.
    forceCloseConnections: true,
    // The header limit already bounds the path; the schema of a parameter decides its length.
    routerOptions: { maxParamLength: 100_000 },
    skipMiddie: true,
    clientErrorHandler: createClientErrorHandler(log),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      onRequest(request, reply);
      sendProblem(error, request, reply, log);
    },
  });
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (onRequest(request, reply)) {
      void reply.send();
    } else {
      done();
    }
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  requireHost(fastify);
  // A server may ignore an unknown expectation (RFC 9110, section 10.1.1); Node's own 417 response has no body.
  fastify.server.on('checkExpectation', (request, response) =>
    fastify.server.emit('request', request, response),
  );
  return adapter;
}

/** An address with a port, as some proxies report it, such as those of Azure. IPv6 addresses are in brackets then. */
const ADDRESS_WITH_PORT = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/;

/**
 * Returns the request's own id if it is valid, else a new one, and sets the header to it for later readers. Fastify calls
 * it first, so it also removes ports from the addresses of clients: with them, every connection would be another client.
 */
function assignRequestId({ headers }: RawRequestDefaultExpression): string {
  const given = headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  headers['x-request-id'] = id;
  const forwardedFor = headers['x-forwarded-for'];
  if (forwardedFor !== undefined) {
    const addresses = String(forwardedFor).split(',');
    headers['x-forwarded-for'] = addresses
      .map((address) => address.trim().replace(ADDRESS_WITH_PORT, '$1$2'))
      .join(',');
  }
  removeInvalidTraceparent(headers);
  return id;
}

/**
 * Rejects HTTP/1.1 requests without a Host header (RFC 9112, section 3.2). Simple health checks use HTTP/1.0, which does
 * not require one.
 */
function requireHost(fastify: FastifyInstance): void {
  const missingHost = new ProblemException(400, {
    detail: 'The Host header is missing. HTTP/1.1 requires it.',
  });
  fastify.addHook('onRequest', (request, _, done) => {
    const missing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    done(missing ? missingHost : undefined);
  });
}

import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RawRequestDefaultExpression } from 'fastify';
import type { Logger } from 'pino';
import { createClientErrorHandler } from '../problem/client-error.js';
import { ProblemException } from '../problem/problem.exception.js';
import { sendProblem } from '../problem/problem.filter.js';
import { removeInvalidTraceparent } from './trace-id.js';

const BODY_LIMIT_BYTES = 100_000;
/** From the first byte of a request to the last of its body. */
const REQUEST_TIMEOUT_MS = 10_000;
/** From the first byte of a request, or from a connection, to the end of the headers. */
const HEADERS_TIMEOUT_MS = 5_000;
/** Without a byte in either direction: clients that send nothing, or take no answer. */
const SILENCE_TIMEOUT_MS = 60_000;
/** A connection between two requests; longer than what load balancers wait, so that they are the ones who close it. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

export interface AdapterOptions {
  log: Logger;
  trustProxy?: string[];
  /** Runs first for every request, also for one whose path is refused; true: it is answered. */
  begin: (request: FastifyRequest, reply: FastifyReply) => boolean;
}

/** Fastify with limits on what a client may send and how slowly, and with problem details for what it refuses itself. */
export function createAdapter({ log, trustProxy, begin }: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: nameRequest,
    requestIdHeader: false,
    trustProxy: trustProxy?.length ? trustProxy : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENCE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      // Node's own answer to a request without a Host has no body: ours is below.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    // Who closes an app without `start` is not to wait for clients that keep their connections.
    forceCloseConnections: true,
    // A path is no longer than the headers may be: what a parameter may be is for its schema to say.
    routerOptions: { maxParamLength: 100_000 },
    skipMiddie: true,
    clientErrorHandler: createClientErrorHandler(log),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      begin(request, reply);
      sendProblem(error, request, reply, log);
    },
  });
  adapter.setOnRequestHook((request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (begin(request, reply)) {
      void reply.send();
    } else {
      done();
    }
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  requireHost(fastify);
  // A server may ignore an expectation that it does not know (RFC 9110, section 10.1.1); Node's answer has no body.
  fastify.server.on('checkExpectation', (request, response) =>
    fastify.server.emit('request', request, response),
  );
  return adapter;
}

/** The id that a request brings, where it is one, else a new one; its header says it either way. */
function nameRequest({ headers }: RawRequestDefaultExpression): string {
  const given = headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  headers['x-request-id'] = id;
  removeInvalidTraceparent(headers);
  return id;
}

/** HTTP/1.1 asks for a Host (RFC 9112, section 3.2); HTTP/1.0, which simple health checks speak, does not. */
function requireHost(fastify: FastifyInstance): void {
  const refusal = new ProblemException(400, { detail: 'Send a Host header.' });
  fastify.addHook('onRequest', (request, _, done) => {
    const missing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    done(missing ? refusal : undefined);
  });
}

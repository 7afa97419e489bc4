import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';

/** From the first byte of a request to the last byte of its body. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** Closes a connection that has neither sent nor received a byte for this long. */
export const IDLE_TIMEOUT_MS = 60_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The size limit of the body, instead of 100 kB. */
    maxBodyBytes?: number;
    /** How long the body may take to arrive, instead of 10 s, and the response to start, instead of 60 s. */
    timeoutMs?: number;
    /** Passes the body to the handler as bytes if it has one of these content types, and rejects other ones. */
    rawBodyTypes?: string[];
  }

  interface FastifyRequest {
    rawBodyTypes?: string[];
  }
}

const configs = new WeakMap<object, FastifyContextConfig>();

/** Sets options of a route. Several decorators on one route add up, unlike Nest's `@RouteConfig()`. */
export function RouteOptions(config: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const merged = { ...configs.get(handler), ...config };
    configs.set(handler, merged);
    RouteConfig(merged)(target, key, descriptor);
  };
}

/** Implements the options in `FastifyContextConfig`. It adds nothing to the routes that don't have them. */
export function registerRouteOptions(fastify: FastifyInstance): void {
  let limitsTimes = false;
  fastify.decorateRequest('rawBodyTypes');
  fastify.addHook('onRoute', (route) => {
    const { maxBodyBytes, timeoutMs, rawBodyTypes } = route.config ?? {};
    if (maxBodyBytes !== undefined) {
      route.bodyLimit = maxBodyBytes;
    }
    if (rawBodyTypes) {
      rawBodyTypes.forEach((type) => addRawParser(fastify, type));
      route.onRequest = (request, _, done) => {
        request.rawBodyTypes = rawBodyTypes;
        done();
      };
    }
    if (timeoutMs !== undefined) {
      // Node has one limit for all requests: it becomes the longest one, and `limitTime` enforces those of the routes.
      fastify.server.requestTimeout = Math.max(fastify.server.requestTimeout, timeoutMs + REQUEST_TIMEOUT_MS);
      if (!limitsTimes) {
        limitsTimes = true;
        fastify.addHook('onRequest', (request, reply, done) => {
          limitTime(fastify, request, reply);
          done();
        });
      }
    }
  });
}

function addRawParser(fastify: FastifyInstance, type: string): void {
  // The parser of JSON reads `rawBodyTypes` itself.
  if (fastify.hasContentTypeParser(type)) {
    return;
  }
  fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) =>
    passRaw(request, type, body as Buffer, done),
  );
}

/** Passes the bytes on exactly as they were sent, if the route accepts this content type. */
export function passRaw(
  request: FastifyRequest,
  type: string,
  body: Buffer,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  if (!request.rawBodyTypes?.includes(type)) {
    done(Object.assign(new Error('Unsupported media type'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }));
  } else if (isCompressed(request)) {
    done(compressedBody());
  } else {
    done(null, body);
  }
}

export function isCompressed({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== 'identity';
}

export function compressedBody(): ProblemException {
  return new ProblemException(415, {
    detail: 'Compressed bodies are not supported. Send the body without a Content-Encoding header.',
  });
}

/** Ends a request whose body has not arrived in time, in the same way as Node does. */
function limitTime(
  fastify: FastifyInstance,
  { raw, headers, routeOptions }: FastifyRequest,
  reply: FastifyReply,
): void {
  const timeoutMs = routeOptions.config.timeoutMs ?? REQUEST_TIMEOUT_MS;
  if (timeoutMs > IDLE_TIMEOUT_MS) {
    raw.socket.setTimeout(timeoutMs);
  }
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    return;
  }
  const timer = setTimeout(() => {
    const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    fastify.server.emit('clientError', error, raw.socket);
  }, timeoutMs);
  const stop = () => clearTimeout(timer);
  raw.once('end', stop);
  reply.raw.once('close', stop);
}

import { randomUUID } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawRequestDefaultExpression as RawRequest,
} from 'fastify';
import type { Logger } from 'pino';
import {
  HealthController,
  READINESS_CHECKS,
  type ReadinessChecks,
  type Shutdown,
  SHUTDOWN,
} from './health.controller.js';
import { createLogger, NestLogger } from './logger.js';
import { listenForMetrics, observeRequest, routeOf, serveMetrics } from './metrics.js';
import { answerClientError } from './problem/client-error.js';
import { ProblemException } from './problem/problem.exception.js';
import { ProblemFilter, sendProblem } from './problem/problem.filter.js';
import { MemoryStorage } from './rate-limit/memory-storage.js';
import { limitAddresses, UserRateLimit } from './rate-limit/rate-limits.js';
import { RedisStorage } from './rate-limit/redis-storage.js';
import { ValidationPipe } from './validation.pipe.js';

export interface ServerOptions {
  /** Stands in every line of the log. */
  name: string;
  logLevel: string;
  production: boolean;
  /** What stands before the paths of all controllers but `/health`. */
  globalPrefix?: string;
  /** Addresses and networks of proxies whose `X-Forwarded-For` counts. */
  trustProxy?: string[];
  /** Origins that browsers may call from; none: no CORS. */
  corsOrigins?: string[];
  /** Requests that an address or a user may make in a minute; 0 or nothing: no limit. */
  rateLimitPerMinute?: number;
  /** Where instances share the counters of the rate limit. */
  redisUrl?: string;
  /** Serves `/metrics` there alone. */
  metricsPort?: number;
  /** What must be up for `/health/ready`, by name. */
  readiness: Record<string, (app: NestFastifyApplication) => Promise<unknown>>;
}

const BODY_LIMIT_BYTES = 100_000;
const REQUEST_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const QUIET = /^\/(health\/|metrics$)/;

@Module({})
class ServerModule {
  static around(app: Type | DynamicModule, checks: ReadinessChecks, shutdown: Shutdown): DynamicModule {
    return {
      module: ServerModule,
      imports: [app, TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        { provide: READINESS_CHECKS, useValue: checks },
        { provide: SHUTDOWN, useValue: shutdown },
      ],
    };
  }
}

/** What `start` needs of a server that `createServer` made. */
export interface ServerState {
  log: Logger;
  shutdown: Shutdown;
  options: ServerOptions;
}

const states = new WeakMap<NestFastifyApplication, ServerState>();

/** The log and the shutdown flag that belong to an app. */
export function stateOf(app: NestFastifyApplication): ServerState {
  return states.get(app)!;
}

/**
 * Makes a Nest app on Fastify with what every server here does alike: logs, request ids, problem details, validation,
 * security headers, CORS, health, metrics and rate limits. It does not listen yet.
 */
export async function createServer(
  module: Type | DynamicModule,
  options: ServerOptions,
): Promise<NestFastifyApplication> {
  const log = await createLogger(options.name, options.logLevel, options.production);
  const shutdown: Shutdown = { phase: 'running' };
  const checks: ReadinessChecks = Object.fromEntries(
    Object.entries(options.readiness).map(([name, check]) => [name, () => check(app)]),
  );
  const adapter = createAdapter(options, log);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.around(module, checks, shutdown),
    adapter,
    { abortOnError: false, bodyParser: false, logger: new NestLogger(log) },
  );
  states.set(app, { log, shutdown, options });
  if (options.globalPrefix) {
    app.setGlobalPrefix(options.globalPrefix, { exclude: ['health/live', 'health/ready'] });
  }
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new ValidationPipe());
  app.useSecurityHeaders({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: "'none'", frameAncestors: "'none'" },
    },
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  if (options.corsOrigins?.length) {
    app.enableCors({
      origin: options.corsOrigins,
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: [
        'Authorization',
        'Content-Type',
        'If-Match',
        'Idempotency-Key',
        'X-Request-Id',
        'traceparent',
        'tracestate',
      ],
      exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
      maxAge: 600,
    });
  }
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  parseJsonAlone(fastify);
  logRequests(fastify, log);
  refuseWhileClosing(fastify, shutdown);
  limitRates(app, fastify, options, log);
  if (options.metricsPort) {
    const server = await listenForMetrics(options.metricsPort, options.production ? '::' : 'localhost');
    fastify.addHook('onClose', () => void server.close());
  } else {
    serveMetrics(fastify);
  }
  return app;
}

function createAdapter({ trustProxy }: ServerOptions, log: Logger): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: ({ headers }: RawRequest) => {
      const id = headers['x-request-id'];
      return typeof id === 'string' && REQUEST_ID.test(id) ? id : randomUUID();
    },
    requestIdHeader: false,
    trustProxy: trustProxy?.length ? trustProxy : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
      // Node's own answer to a request without a Host has no body: ours is below.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1_000 },
    skipMiddie: true,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      sendProblem(error, request, reply, log);
    },
  });
}

/** JSON is all that a body may be. A DELETE may say that it is JSON and then send nothing. */
function parseJsonAlone(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 && request.method === 'DELETE') {
      done(null, undefined);
    } else if (isUtf8(body as Buffer)) {
      parse(request, body.toString(), done);
    } else {
      done(new ProblemException(400, { detail: 'The body is not well-formed UTF-8.' }));
    }
  });
}

/** One line for each finished request, and its id in the answer. */
function logRequests(fastify: FastifyInstance, log: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done(
      request.headers.host === undefined
        ? new ProblemException(400, { detail: 'Send a Host header.' })
        : undefined,
    );
  });
  fastify.addHook('onResponse', (request: FastifyRequest & { user?: { id: string } }, reply, done) => {
    const { method, id: requestId } = request;
    const route = routeOf(request);
    const status = reply.statusCode;
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    observeRequest(request, status, reply.elapsedTime);
    const level = QUIET.test(request.url) ? 'debug' : 'info';
    log[level](
      { requestId, method, route, status, durationMs, userId: request.user?.id },
      `${method} ${route} ${status}`,
    );
    done();
  });
}

/** On its way out, a server answers what still comes in on open connections, and closes them. */
function refuseWhileClosing(fastify: FastifyInstance, shutdown: Shutdown): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (shutdown.phase !== 'closing') {
      done();
      return;
    }
    reply.header('connection', 'close');
    const refused = !request.url.startsWith('/health/');
    done(
      refused
        ? new ProblemException(503, {
            detail: 'This process is shutting down.',
            headers: { 'retry-after': '1' },
          })
        : undefined,
    );
  });
}

function limitRates(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
  options: ServerOptions,
  log: Logger,
): void {
  const { rateLimitPerMinute: limit, redisUrl } = options;
  if (!limit) {
    return;
  }
  let storage: ThrottlerStorage = new MemoryStorage();
  if (redisUrl) {
    const redis = new RedisStorage(redisUrl, log);
    fastify.addHook('onClose', async () => redis.close());
    storage = redis;
  }
  limitAddresses(fastify, storage, limit);
  app.useGlobalGuards(new UserRateLimit(storage, limit));
}

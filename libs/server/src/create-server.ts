import { type DynamicModule, type HttpException, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import {
  HealthController,
  READINESS_CHECKS,
  type ReadinessChecks,
  SHUTDOWN,
} from './health/health.controller.js';
import { createAdapter } from './http/adapter.js';
import { registerContentSecurityPolicy } from './http/content-security-policy.js';
import { acceptOnlyJson } from './http/json-body.js';
import { type ListenOptions, resolveListenAddress } from './http/listen-address.js';
import { createRequestLogger, type InFlight } from './http/request-log.js';
import { createResponseHeaders } from './http/response-headers.js';
import { registerRouteOptions } from './http/route-options.js';
import { rejectWhileClosing, type Shutdown } from './http/shutdown.js';
import { createLoggers, NestLogger } from './logger.js';
import { registerMetricsRoute, startMetricsServer } from './metrics.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { registerRateLimits } from './rate-limit/rate-limits.js';
import { validateArguments } from './validation/validated-arguments.js';

export interface ServerOptions extends ListenOptions {
  /** The `name` of every log line. */
  name: string;
  logLevel: string;
  /** Prefix of every route except `/health/*` and `/metrics`. */
  globalPrefix?: string;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is trusted. */
  trustProxy?: string[];
  /** Origins that browsers may call from. Without any, CORS is off. */
  corsOrigins?: string[];
  /** Extends `Strict-Transport-Security` to all subdomains. */
  hstsIncludeSubdomains?: boolean;
  /** Lets these origins send cookies. Default: false. */
  corsCredentials?: boolean;
  /** Content-Security-Policy by path prefix, for HTML pages. All other responses get a policy that allows nothing. */
  contentSecurityPolicies?: Record<string, string>;
  /** Requests per minute for each user and each address. 0 or undefined: no limit. */
  rateLimitPerMinute?: number;
  /** Redis for rate limits that all instances share. Without it, each process counts its own requests. */
  redisUrl?: string;
  /** Serves `/metrics` on this port instead of the public one. */
  metricsPort?: number;
  /** Returns the exception to send instead of an error of a library, or undefined. */
  toException?: (
    error: unknown,
    request: FastifyRequest,
    app: NestFastifyApplication,
  ) => HttpException | undefined;
  /** Checks for `/health/ready`, by dependency name. A check that rejects marks its dependency as down. */
  readiness: Record<string, (app: NestFastifyApplication) => Promise<unknown>>;
}

@Module({})
class ServerModule {
  static forRoot(app: Type | DynamicModule, checks: ReadinessChecks, shutdown: Shutdown): DynamicModule {
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

/** A server that does not listen yet, with the state that `start` needs to run it. */
export interface Server {
  app: NestFastifyApplication;
  log: Logger;
  shutdown: Shutdown;
  inFlight: InFlight;
  options: ServerOptions;
}

/**
 * Creates a Nest application on Fastify with logging, request ids, problem details, validation, security headers, CORS,
 * health checks, metrics and rate limits. It does not listen yet: see `start`.
 *
 * @throws Error if a handler argument that comes from the client has no schema.
 */
export async function createServer(module: Type | DynamicModule, options: ServerOptions): Promise<Server> {
  const { name, logLevel, production, trustProxy, readiness } = options;
  const { log, requestLog } = await createLoggers(name, logLevel, production);
  const shutdown: Shutdown = { phase: 'running' };
  const inFlight: InFlight = { count: 0 };
  const logRequest = createRequestLogger(requestLog, inFlight);
  const setHeaders = createResponseHeaders(options);
  const adapter = createAdapter({
    log,
    trustProxy,
    onRequest: (request, reply) => {
      logRequest(request, reply);
      return setHeaders(request, reply);
    },
  });
  const checks: ReadinessChecks = Object.fromEntries(
    Object.entries(readiness).map(([dependency, check]) => [dependency, async () => check(app)]),
  );
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.forRoot(module, checks, shutdown),
    adapter,
    { abortOnError: false, bodyParser: false, logger: new NestLogger(log) },
  );
  validateArguments(app);
  if (options.globalPrefix) {
    app.setGlobalPrefix(options.globalPrefix, { exclude: ['health/live', 'health/ready'] });
  }
  app.useGlobalFilters(
    new ProblemFilter(log, (error, request) => options.toException?.(error, request, app)),
  );
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  acceptOnlyJson(fastify);
  registerRouteOptions(fastify);
  rejectWhileClosing(fastify, shutdown);
  registerContentSecurityPolicy(fastify, options.contentSecurityPolicies ?? {});
  await registerRateLimits(app, fastify, options, log);
  if (options.metricsPort) {
    const metricsServer = await startMetricsServer(options.metricsPort, resolveListenAddress(options));
    fastify.addHook('onClose', () => void metricsServer.close());
  } else {
    registerMetricsRoute(fastify);
  }
  return { app, log, shutdown, inFlight, options };
}

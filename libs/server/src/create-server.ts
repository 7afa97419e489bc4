import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import type { FastifyInstance } from 'fastify';
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
import { resolveListenAddress, type ListenOptions } from './http/listen-address.js';
import { createRequestLog, type InFlight } from './http/request-log.js';
import { createResponseHeaders } from './http/response-headers.js';
import { rejectWhileClosing, type Shutdown } from './http/shutdown.js';
import { createLoggers, NestLogger } from './logger.js';
import { startMetricsServer, registerMetricsRoute } from './metrics.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { registerRateLimits } from './rate-limit/rate-limits.js';
import { assertArgumentsAreValidated } from './validation/validated-arguments.js';
import { ValidationPipe } from './validation/validation.pipe.js';

export interface ServerOptions extends ListenOptions {
  /** Stands in every line of the log. */
  name: string;
  logLevel: string;
  /** What stands before the paths of all controllers but `/health`. */
  globalPrefix?: string;
  /** Addresses and networks of proxies whose `X-Forwarded-For` counts. */
  trustProxy?: string[];
  /** Origins that browsers may call from; none: no CORS. */
  corsOrigins?: string[];
  /** The Content-Security-Policy of pages, by the path that theirs begin with. Everything else is data, and allows nothing. */
  contentSecurityPolicies?: Record<string, string>;
  /** Requests that an address or a user may make in a minute; 0 or nothing: no limit. */
  rateLimitPerMinute?: number;
  /** Where instances share the counters of the rate limit. */
  redisUrl?: string;
  /** Serves `/metrics` there alone. */
  metricsPort?: number;
  /** What must be up for `/health/ready`, by name. */
  readiness: Record<string, (app: NestFastifyApplication) => Promise<unknown>>;
}

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

/** A server that does not listen yet, with the state that `start` needs to run it. */
export interface Server {
  app: NestFastifyApplication;
  log: Logger;
  shutdown: Shutdown;
  inFlight: InFlight;
  options: ServerOptions;
}

/**
 * Makes a Nest app on Fastify with what every server here does alike: logs, request ids, problem details, validation,
 * security headers, CORS, health, metrics and rate limits. It does not listen yet.
 *
 * @throws Error where an argument of a handler would take what a client sends unchecked.
 */
export async function createServer(module: Type | DynamicModule, options: ServerOptions): Promise<Server> {
  const { name, logLevel, production, trustProxy, readiness } = options;
  const { log, requestLog } = await createLoggers(name, logLevel, production);
  const shutdown: Shutdown = { phase: 'running' };
  const inFlight: InFlight = { count: 0 };
  const follow = createRequestLog(requestLog, inFlight);
  const setHeaders = createResponseHeaders(options);
  const adapter = createAdapter({
    log,
    trustProxy,
    begin: (request, reply) => {
      follow(request, reply);
      return setHeaders(request, reply);
    },
  });
  const checks: ReadinessChecks = Object.fromEntries(
    Object.entries(readiness).map(([part, check]) => [part, async () => check(app)]),
  );
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.around(module, checks, shutdown),
    adapter,
    { abortOnError: false, bodyParser: false, logger: new NestLogger(log) },
  );
  assertArgumentsAreValidated(app);
  if (options.globalPrefix) {
    app.setGlobalPrefix(options.globalPrefix, { exclude: ['health/live', 'health/ready'] });
  }
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalPipes(new ValidationPipe());
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  acceptOnlyJson(fastify);
  rejectWhileClosing(fastify, shutdown);
  registerContentSecurityPolicy(fastify, options.contentSecurityPolicies ?? {});
  await registerRateLimits(app, fastify, options, log);
  if (options.metricsPort) {
    const server = await startMetricsServer(options.metricsPort, resolveListenAddress(options));
    fastify.addHook('onClose', () => void server.close());
  } else {
    registerMetricsRoute(fastify);
  }
  return { app, log, shutdown, inFlight, options };
}

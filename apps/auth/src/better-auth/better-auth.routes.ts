import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ProblemException } from '@app/server';
import { getIP, isAPIError } from 'better-auth/api';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { collectDatabaseErrors, isDataError } from '../database/database-errors.js';
import { Mailer } from '../mail/mailer.js';
import { EXCHANGE_PATH } from '../personal-tokens/personal-tokens.plugin.js';
import { hashToken, readPersonalToken } from '../personal-tokens/token-format.js';
import { ExchangeLimits } from '../rate-limit/exchange-limits.js';
import { sessionPaths } from '../rate-limit/rate-limits.js';
import { SessionLimits } from '../rate-limit/session-limits.js';
import { AUTH } from './auth.constants.js';
import { type Auth, CLIENT_ADDRESS_HEADER } from './auth.js';
import { isCrossSite, partitionCookie } from './cross-site-cookies.js';
import { isProviderUrl, isSafeRedirect } from './redirect-rules.js';
import { withRequestPasswords } from './request-passwords.js';
import { findSessionToken } from './session-cookie.js';

const BASE_PATH = '/api/auth';

/** The response time must not reveal whether an account exists, so it is longer than either case takes. */
const MIN_EMAIL_RESPONSE_MS = 300;

/** Registers Better Auth's endpoints as Fastify routes. Better Auth parses the request bodies itself. */
@Injectable()
export class BetterAuthRoutes implements OnModuleInit {
  private readonly sessionLimits: SessionLimits;
  private readonly exchangeLimits: ExchangeLimits;

  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(AUTH) private readonly auth: Auth,
    private readonly mailer: Mailer,
  ) {
    this.sessionLimits = new SessionLimits(auth.options.rateLimit.enabled === true);
    this.exchangeLimits = new ExchangeLimits(auth.options.rateLimit.enabled === true);
  }

  onModuleInit(): void {
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    void fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      for (const { path, methods } of listEndpoints(this.auth)) {
        scope.route({
          method: methods,
          url: BASE_PATH + path,
          exposeHeadRoute: false,
          handler: (request, reply) => this.respond(request, reply, path),
        });
      }
    });
  }

  private async respond(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
    const needsEmail = this.needsEmail(path);
    if (needsEmail && !this.mailer.available) {
      throw new ProblemException(503, { detail: 'This server is not configured to send email.' });
    }
    const [response] = await Promise.all([
      this.respondTo(request, path),
      needsEmail ? sleep(MIN_EMAIL_RESPONSE_MS) : undefined,
    ]);
    await this.assertSafeLocation(response);
    const cookies = response.headers.getSetCookie();
    const crossSite = isCrossSite(request, this.auth.options.trustedOrigins);
    return send(response, reply, crossSite ? cookies.map(partitionCookie) : cookies);
  }

  private respondTo(request: FastifyRequest, path: string): Promise<AuthResponse> {
    if (path === EXCHANGE_PATH) {
      return this.respondToExchange(request);
    }
    return sessionPaths.includes(path)
      ? this.respondToSession(request, path)
      : this.callBetterAuth(() => this.callHandler(request));
  }

  /** @throws ProblemException 400 if the response leads to an origin that is neither trusted nor a provider's. */
  private async assertSafeLocation({ headers }: AuthResponse): Promise<void> {
    const location = headers.get('location');
    if (location === null) {
      return;
    }
    const context = await this.auth.$context;
    if (!isSafeRedirect(location, context) && !(await isProviderUrl(location, context))) {
      throw new ProblemException(400, { detail: 'The request would redirect to an untrusted origin.' });
    }
  }

  /** Calls Better Auth only if the request is below its limit, and has a cookie with a valid signature if it needs one. */
  private async respondToSession(request: FastifyRequest, path: string): Promise<AuthResponse> {
    const { authCookies, secret } = await this.auth.$context;
    const token = findSessionToken(request.headers.cookie, authCookies.sessionToken.name, secret);
    const countFailure = () => this.sessionLimits.countFailure(this.getAddress(request));
    const retryAfter = token ? this.sessionLimits.countRequest(token) : countFailure();
    if (retryAfter !== null) {
      return tooManyRequests(retryAfter);
    }
    if (!token && request.method === 'GET') {
      return noSession(path);
    }
    const response = await this.callBetterAuth(() => this.callSessionEndpoint(request, path));
    const hasEnded = response.status === 401 || (path === '/get-session' && response.body === 'null');
    if (token && hasEnded) {
      countFailure();
    }
    return response;
  }

  /** Passes on nothing but the token: a page of another site can't make the browser send one, as it could with cookies. */
  private async respondToExchange(request: FastifyRequest): Promise<AuthResponse> {
    const { authorization = '' } = request.headers;
    const address = this.getAddress(request);
    const token = readPersonalToken(authorization);
    // A malformed token is rejected without the database, so it isn't counted.
    const tokenHash = token === undefined ? undefined : hashToken(token);
    const retryAfter = tokenHash === undefined ? null : this.exchangeLimits.countExchange(tokenHash, address);
    if (retryAfter !== null) {
      return tooManyRequests(retryAfter);
    }
    const input = { headers: new Headers({ authorization }), returnHeaders: true as const };
    const response = await this.callBetterAuth(() =>
      callEndpoint(() => this.auth.api.exchangePersonalToken(input)),
    );
    if (tokenHash !== undefined && [200, 401].includes(response.status)) {
      this.exchangeLimits.recordResult(tokenHash, address, response.status === 200);
    }
    return response;
  }

  private getAddress({ ip }: FastifyRequest): string {
    return getIP(new Headers({ [CLIENT_ADDRESS_HEADER]: ip }), this.auth.options) ?? 'unknown';
  }

  private needsEmail(path: string): boolean {
    const { requireEmailVerification } = this.auth.options.emailAndPassword;
    return (
      path === '/request-password-reset' ||
      path === '/send-verification-email' ||
      path === '/request-email-change' ||
      (path === '/sign-up/email' && requireEmailVerification)
    );
  }

  /**
   * Calls the endpoint itself for a GET without parameters or with `disableRefresh=true`, which the web app sends. Better
   * Auth's handler creates all endpoints for every request, and Web API streams for every response. It also checks the
   * parameters, so all others need it.
   */
  private async callSessionEndpoint(request: FastifyRequest, path: string): Promise<AuthResponse> {
    const query = request.url.replace(/^[^?]*/, '');
    if (request.method !== 'GET' || (query !== '' && query !== '?disableRefresh=true')) {
      return this.callHandler(request);
    }
    const { getSession, getToken } = this.auth.api;
    const input = {
      headers: toHeaders(request),
      query: query === '' ? undefined : { disableRefresh: true },
      returnHeaders: true as const,
    };
    return callEndpoint(() => (path === '/token' ? getToken(input) : getSession(input)));
  }

  private async callHandler(request: FastifyRequest): Promise<AuthResponse> {
    const response = await withRequestPasswords(() =>
      this.auth.handler(toWebRequest(request, this.auth.options.baseURL)),
    );
    const { status, headers } = response;
    return { status, headers, body: await response.text() };
  }

  private async callBetterAuth(call: () => Promise<AuthResponse>): Promise<AuthResponse> {
    const { result, errors } = await collectDatabaseErrors(() =>
      call().then(
        (response) => ({ response }),
        (error: unknown) => ({ error }),
      ),
    );
    const databaseFailure = errors.find((error) => !isDataError(error));
    if (databaseFailure) {
      throw databaseFailure;
    }
    if ('response' in result) {
      return result.response;
    }
    throw isDataError(result.error)
      ? new ProblemException(400, { detail: 'The request contains a value that cannot be stored.' })
      : result.error;
  }
}

interface AuthResponse {
  status: number;
  headers: Headers;
  body: string;
}

interface EndpointOptions {
  method: string | string[];
  metadata?: { SERVER_ONLY?: boolean };
}

/**
 * Lists Better Auth's public endpoints. One route each, instead of a wildcard, gives logs and metrics the route's path and
 * responds to unknown paths with 404. `JwksController` serves `/jwks`.
 */
function listEndpoints(auth: Auth): { path: string; methods: HTTPMethods[] }[] {
  const endpoints = Object.values(auth.api) as { path?: string; options?: EndpointOptions }[];
  return endpoints.flatMap(({ path, options }) =>
    path &&
    options &&
    !options.metadata?.SERVER_ONLY &&
    ![...auth.options.disabledPaths, '/jwks'].includes(path)
      ? [{ path, methods: [options.method].flat() as HTTPMethods[] }]
      : [],
  );
}

async function callEndpoint(
  call: () => Promise<{ response: unknown; headers: Headers }>,
): Promise<AuthResponse> {
  try {
    const { response, headers } = await call();
    return jsonResponse(200, response, headers);
  } catch (error) {
    if (isAPIError(error)) {
      return jsonResponse(error.statusCode, error.body, error.headers);
    }
    throw error;
  }
}

function jsonResponse(
  status: number,
  value: unknown,
  init?: ConstructorParameters<typeof Headers>[0],
): AuthResponse {
  const headers = new Headers(init);
  headers.set('content-type', 'application/json');
  return { status, headers, body: JSON.stringify(value) };
}

/** Returns what Better Auth returns for a request without a session. */
function noSession(path: string): AuthResponse {
  return path === '/get-session'
    ? jsonResponse(200, null, { pragma: 'no-cache' })
    : jsonResponse(401, { message: 'Unauthorized', code: 'UNAUTHORIZED' });
}

function tooManyRequests(retryAfter: number): AuthResponse {
  return jsonResponse(
    429,
    { code: 'TOO_MANY_REQUESTS', message: 'Too many requests. Please try again later.' },
    { 'x-retry-after': String(retryAfter) },
  );
}

function toHeaders(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const single of [value ?? []].flat()) {
      headers.append(name, single);
    }
  }
  headers.set(CLIENT_ADDRESS_HEADER, request.ip);
  return headers;
}

function toWebRequest(request: FastifyRequest, origin: string): Request {
  const { pathname, search } = new URL(request.url, origin);
  return new Request(origin + pathname + search, {
    method: request.method,
    headers: toHeaders(request),
    body: request.body as Buffer | undefined,
  });
}

/** Sends Better Auth's response with these cookies. An error without a body becomes a problem document. */
function send({ status, headers, body }: AuthResponse, reply: FastifyReply, cookies: string[]): FastifyReply {
  if (status >= 400 && body.length === 0) {
    throw new ProblemException(status, { detail: 'Better Auth rejected this request.' });
  }
  reply.status(status).header('cache-control', 'no-store');
  for (const [name, value] of headers) {
    if (name !== 'set-cookie') {
      reply.header(name, value);
    }
  }
  const retryAfter = headers.get('x-retry-after');
  if (retryAfter) {
    reply.header('retry-after', retryAfter);
  }
  for (const cookie of cookies) {
    reply.header('set-cookie', cookie);
  }
  return reply.send(body);
}

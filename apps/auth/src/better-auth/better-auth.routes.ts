import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ProblemException } from '@app/server';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { collectDatabaseErrors, isAboutData } from '../database/database-errors.js';
import { Mailer } from '../mail/mailer.js';
import { type Auth, CLIENT_ADDRESS_HEADER } from './auth.js';
import { AUTH } from './auth.constants.js';

const BASE_PATH = '/api/auth';

/** Longer than an answer takes with or without an account: its time must not tell which. */
const RESET_ANSWER_MS = 300;

/** Serves Better Auth's own routes, with bodies as they came. */
@Injectable()
export class BetterAuthRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(AUTH) private readonly auth: Auth,
    private readonly mailer: Mailer,
  ) {}

  onModuleInit(): void {
    const fastify: FastifyInstance = this.host.httpAdapter.getInstance();
    void fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      for (const { path, methods } of routesOf(this.auth)) {
        scope.route({
          method: methods,
          url: BASE_PATH + path,
          exposeHeadRoute: false,
          handler: (request, reply) => this.answer(request, reply, path),
        });
      }
    });
  }

  private async answer(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
    if (this.needsMail(path) && !this.mailer.available) {
      throw new ProblemException(503, { detail: 'This server is not set up to send mail.' });
    }
    const [response] = await Promise.all([
      this.ask(request),
      path === '/request-password-reset' ? sleep(RESET_ANSWER_MS) : undefined,
    ]);
    return send(response, reply);
  }

  private needsMail(path: string): boolean {
    const { requireEmailVerification } = this.auth.options.emailAndPassword;
    return (
      path === '/request-password-reset' ||
      path === '/send-verification-email' ||
      (path === '/sign-up/email' && requireEmailVerification)
    );
  }

  private async ask(request: FastifyRequest): Promise<Response> {
    const { result, errors } = await collectDatabaseErrors(() =>
      this.auth.handler(toWebRequest(request, this.auth.options.baseURL)).catch((error: unknown) => error),
    );
    const failure = errors.find((error) => !isAboutData(error));
    if (failure) throw failure;
    if (isAboutData(result)) {
      throw new ProblemException(400, { detail: 'A value in the request cannot be stored.' });
    }
    if (!(result instanceof Response)) throw result;
    return result;
  }
}

/** One route for each of Better Auth's, so that logs and metrics tell them apart and made-up paths never get there. */
function routesOf(auth: Auth): { path: string; methods: HTTPMethods[] }[] {
  const endpoints = Object.values(auth.api) as { path?: string; options?: EndpointOptions }[];
  return endpoints.flatMap(({ path, options }) =>
    path && options && !options.metadata?.SERVER_ONLY && path !== '/jwks'
      ? [{ path, methods: [options.method].flat() as HTTPMethods[] }]
      : [],
  );
}

interface EndpointOptions {
  method: string | string[];
  metadata?: { SERVER_ONLY?: boolean };
}

function toWebRequest(request: FastifyRequest, origin: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const single of [value ?? []].flat()) headers.append(name, single);
  }
  headers.set(CLIENT_ADDRESS_HEADER, request.ip);
  const { pathname, search } = new URL(request.url, origin);
  return new Request(origin + pathname + search, {
    method: request.method,
    headers,
    body: request.body as Buffer | undefined,
  });
}

/** Better Auth's answers stay as they are; where it has nothing to say, the answer is a problem. */
async function send(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status >= 400 && body.length === 0) {
    throw new ProblemException(response.status, { detail: 'Better Auth refuses this request.' });
  }
  reply.status(response.status).header('cache-control', 'no-store');
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') reply.header(name, value);
  }
  const retryAfter = response.headers.get('x-retry-after');
  if (retryAfter) reply.header('retry-after', retryAfter);
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie);
  return reply.send(body);
}

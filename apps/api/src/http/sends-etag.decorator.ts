import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import { RouteOptions } from '@app/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Versioned } from '../database/owned-repository.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    sendsETag?: boolean;
  }
}

/** Marks an operation for `createOpenApiDocument`, which replaces the extension with the documented headers. */
export const SENDS_ETAG_EXTENSION = 'x-sends-etag';

type VersionedHandler = (...args: never[]) => Promise<Versioned<unknown>>;

/**
 * Sends the version of the returned row as a strong `ETag` (RFC 9110, section 8.8.3), and documents the header. A
 * response to POST also gets the `Location` of the new row.
 */
export function SendsETag() {
  return applyDecorators(RouteOptions({ sendsETag: true }), ApiExtension(SENDS_ETAG_EXTENSION, true)) as <
    T extends VersionedHandler,
  >(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<T>,
  ) => void;
}

/**
 * Adds the Fastify hook that implements `@SendsETag()` to the routes that have it. A Nest interceptor would cost more
 * CPU time per request, because Nest runs it in RxJS operators.
 */
export function registerETags(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (route.config?.sendsETag) {
        route.preSerialization = setETag;
      }
    });
}

function setETag(
  request: FastifyRequest,
  reply: FastifyReply,
  body: unknown,
  done: (error: null, body: unknown) => void,
): void {
  // The hook also receives the problem details of errors.
  if (!(body instanceof Versioned)) {
    done(null, body);
    return;
  }
  reply.header('etag', `"${body.version}"`);
  if (request.method === 'POST') {
    reply.header('location', `${request.routeOptions.url}/${body.row.id}`);
  }
  done(null, body.row);
}

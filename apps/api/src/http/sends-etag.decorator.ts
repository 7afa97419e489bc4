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
 * response with status 201 also gets the `Location` of the new row: the path of the request and the id, or
 * `/api/comments/{id}` for a row that was created at `/api/tasks/{taskId}/comments`, if only that route exists.
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
  const urls = new Set<string>();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      urls.add(withoutNames(route.url));
      if (route.config?.sendsETag) {
        route.preSerialization = (request, reply, body, done) => setETag(urls, request, reply, body, done);
      }
    });
}

/** Paths with parameters of different names are the same. */
const withoutNames = (url: string) => url.replace(/:[^/]+/g, ':');

function setETag(
  urls: Set<string>,
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
  const collection = reply.statusCode === 201 ? collectionOf(request, urls) : undefined;
  if (collection) {
    reply.header('location', `${collection}/${body.row.id}`);
  }
  done(null, body.row);
}

/** Returns the path in front of the id of a new row. Undefined if no route has it. */
function collectionOf(request: FastifyRequest, urls: Set<string>): string | undefined {
  const url = request.routeOptions.url!;
  const parameters = request.params as Record<string, string>;
  const shortest = url.slice(0, url.indexOf('/', 1)) + url.slice(url.lastIndexOf('/'));
  return [url, shortest]
    .find((path) => urls.has(`${withoutNames(path)}/:`))
    ?.replace(/:([^/]+)/g, (_, name: string) => encodeURIComponent(parameters[name]!));
}

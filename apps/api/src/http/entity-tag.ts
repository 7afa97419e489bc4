import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Stored } from '../database/owned-repository.js';

/**
 * Answers a stored row with its version as a strong `ETag` (RFC 9110, section 8.8.3), and a new one with its
 * `Location`. Everything else passes as it is.
 */
export function tagEntities(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preSerialization', (request, reply, body, done) => {
      if (!(body instanceof Stored)) {
        done(null, body);
        return;
      }
      reply.header('etag', `"${body.version}"`);
      if (request.method === 'POST') {
        reply.header('location', `${request.routeOptions.url}/${(body.row as { id: string }).id}`);
      }
      done(null, body.row);
    });
}

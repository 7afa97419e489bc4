import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';
import { compressedBody, isCompressed, passRaw } from './route-options.js';

/**
 * Accepts no body other than uncompressed JSON in UTF-8, except on routes with `rawBodyTypes`. A DELETE with a JSON
 * content type may have an empty body.
 */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 && request.method === 'DELETE') {
      done(null, undefined);
    } else if (request.rawBodyTypes) {
      passRaw(request, 'application/json', body as Buffer, done);
    } else if (isCompressed(request)) {
      done(compressedBody());
    } else if (!isUtf8(body as Buffer)) {
      done(new ProblemException(400, { detail: 'The body is not valid UTF-8.' }));
    } else {
      parse(request, body.toString(), done);
    }
  });
}

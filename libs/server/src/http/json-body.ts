import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';

/** JSON in UTF-8 is all that a body may be. A DELETE may say that it is JSON and then send nothing. */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const coding = request.headers['content-encoding'];
    if (body.length === 0 && request.method === 'DELETE') {
      done(null, undefined);
    } else if (coding !== undefined && coding !== 'identity') {
      done(new ProblemException(415, { detail: 'Send the body as it is, without a Content-Encoding.' }));
    } else if (!isUtf8(body as Buffer)) {
      done(new ProblemException(400, { detail: 'The body is not well-formed UTF-8.' }));
    } else {
      parse(request, body.toString(), done);
    }
  });
}

import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ProblemException } from '../problem/problem.exception.js';

/** Accepts no body other than uncompressed JSON in UTF-8. A DELETE with a JSON content type may have an empty body. */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'];
    if (body.length === 0 && request.method === 'DELETE') {
      done(null, undefined);
    } else if (encoding !== undefined && encoding !== 'identity') {
      done(
        new ProblemException(415, {
          detail: 'Compressed bodies are not supported. Send the body without a Content-Encoding header.',
        }),
      );
    } else if (!isUtf8(body as Buffer)) {
      done(new ProblemException(400, { detail: 'The body is not valid UTF-8.' }));
    } else {
      parse(request, body.toString(), done);
    }
  });
}

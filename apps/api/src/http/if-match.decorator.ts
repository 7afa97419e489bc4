import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ProblemException } from '@app/server';
import type { FastifyRequest } from 'fastify';

const ENTITY_TAGS = /^\s*(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*\s*$/;

/**
 * A version as this api sends it, or with the name of the encoding that a compressing proxy has appended: `1-zstd` from
 * Caddy, `1-gzip` from Apache. Two proxies append two names.
 */
const VERSION = /^([1-9]\d{0,8})(?:--?(?:br|deflate|gzip|zstd)){0,3}$/;

/**
 * Returns the row versions that an `If-Match` header accepts (RFC 9110, section 13.1.1). Tags that this api never sends
 * match no version. Weak tags match, against the RFC: nginx weakens the ETag of a response that it compresses, and each
 * version has only one representation.
 * @returns undefined if every version is accepted: without a header, or for `*`.
 * @throws ProblemException 400 if the header is not a list of entity tags.
 */
export function parseIfMatch(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === '*') {
    return undefined;
  }
  if (!ENTITY_TAGS.test(header)) {
    throw new ProblemException(400, { detail: 'If-Match must be * or a list of entity tags, such as "3".' });
  }
  return [...header.matchAll(/"([^"]*)"/g)].flatMap(([, tag]) => {
    const version = VERSION.exec(tag!)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Injects the row versions of the `If-Match` header, for conditional writes. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
  [
    (target, key) =>
      ApiHeader({
        name: 'If-Match',
        required: false,
        description: 'Only modifies the row if its current ETag is in this list.',
        schema: { type: 'string' },
      })(target, key!, Object.getOwnPropertyDescriptor(target, key!)!),
  ],
);

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ProblemException } from '@app/server';
import type { FastifyRequest } from 'fastify';

const ENTITY_TAGS = /^\s*(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*\s*$/;

/**
 * Returns the row versions that an `If-Match` header accepts (RFC 9110, section 13.1.1). Weak tags and tags that this
 * api never sends match no version.
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
  return [...header.matchAll(/(W\/)?"([^"]*)"/g)]
    .filter(([, weak, tag]) => !weak && /^[1-9]\d{0,8}$/.test(tag!))
    .map(([, , tag]) => Number(tag));
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

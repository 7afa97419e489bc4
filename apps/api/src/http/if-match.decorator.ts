import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ProblemException } from '@app/server';
import type { FastifyRequest } from 'fastify';

const ENTITY_TAGS = /^\s*(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*\s*$/;

/**
 * The versions that an `If-Match` header accepts (RFC 9110, section 13.1.1); undefined where any will do: no header,
 * or `*`. A tag that no row ever had, a weak one among them, stands for no version.
 * @throws ProblemException 400 for a header that holds no entity tags.
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

/** The versions that the client is willing to change, for the repository's conditional writes. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
  [
    (target, key) =>
      ApiHeader({
        name: 'If-Match',
        required: false,
        description: 'Only change it while its ETag is one of these.',
        schema: { type: 'string' },
      })(target, key!, Object.getOwnPropertyDescriptor(target, key!)!),
  ],
);

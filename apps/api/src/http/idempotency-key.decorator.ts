import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ProblemException } from '@app/server';
import type { FastifyRequest } from 'fastify';

const KEY = /^[\x20-\x7e]{1,128}$/;

/**
 * The `Idempotency-Key` of a request, if it has one.
 * @throws ProblemException 400 for a key that is not 1 to 128 printable ASCII characters.
 */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext) => {
    const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    if (key !== undefined && !KEY.test(String(key))) {
      throw new ProblemException(400, { detail: 'Idempotency-Key must be 1 to 128 printable characters.' });
    }
    return key;
  },
  [
    (target, key) =>
      ApiHeader({
        name: 'Idempotency-Key',
        required: false,
        description: 'Makes a repeated request answer the first result again, for 24 hours.',
        schema: { type: 'string', minLength: 1, maxLength: 128 },
      })(target, key!, Object.getOwnPropertyDescriptor(target, key!)!),
  ],
);

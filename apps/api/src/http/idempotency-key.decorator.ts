import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ProblemException } from '@app/server';
import type { FastifyRequest } from 'fastify';

const KEY = /^[\x20-\x7e]{1,128}$/;

/**
 * Injects the `Idempotency-Key` header, or undefined without one.
 * @throws ProblemException 400 if the key is not 1 to 128 printable ASCII characters.
 */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext) => {
    const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
    if (key !== undefined && !KEY.test(String(key))) {
      throw new ProblemException(400, {
        detail: 'Idempotency-Key must be 1 to 128 printable ASCII characters.',
      });
    }
    return key;
  },
  [
    (target, key) =>
      ApiHeader({
        name: 'Idempotency-Key',
        required: false,
        description:
          'A unique key per operation. A repeated request with the same key returns the first result, for 24 hours. ' +
          'Of each user, the newest 100,000 keys are kept.',
        schema: { type: 'string', minLength: 1, maxLength: 128 },
      })(target, key!, Object.getOwnPropertyDescriptor(target, key!)!),
  ],
);

import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { AuthUser } from '@app/auth';
import { ProblemException } from '@app/server';
import type { FastifyRequest } from 'fastify';

const KEY = /^[\x20-\x7e]{1,128}$/;

/** Members of an organization share its rows but not their keys. A control character can't be in a key or a user id. */
const userKey = (userId: string, key: string) =>
  createHash('sha256').update(`${userId}\n${key}`).digest('base64url');

/**
 * Injects the `Idempotency-Key` header, or undefined without one. For an organization's rows, it injects a hash of the
 * user and the header.
 * @throws ProblemException 400 if the key is not 1 to 128 printable ASCII characters.
 */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext) => {
    const { headers, user } = context.switchToHttp().getRequest<FastifyRequest & { user?: AuthUser }>();
    const key = headers['idempotency-key'] as string | undefined;
    if (key !== undefined && !KEY.test(key)) {
      throw new ProblemException(400, {
        detail: 'Idempotency-Key must be 1 to 128 printable ASCII characters.',
      });
    }
    return key === undefined || !user || user.ownerId === user.id ? key : userKey(user.id, key);
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

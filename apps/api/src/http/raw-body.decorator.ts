import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import { RouteOptions } from '@app/server';
import type { FastifyRequest } from 'fastify';

/**
 * Injects the body as a `Buffer` with the bytes exactly as they were sent, for signatures. It is neither parsed nor
 * validated: verify the signature first, then parse the bytes and validate the result with a Zod schema.
 *
 * @param contentTypes what the route accepts instead of `application/json`; other types are 415.
 */
export function RawBody(...contentTypes: string[]): ParameterDecorator {
  const rawBodyTypes = contentTypes.length > 0 ? contentTypes : ['application/json'];
  const document = applyDecorators(
    RouteOptions({ rawBodyTypes }),
    ApiConsumes(...rawBodyTypes),
    ApiBody({ description: 'Read as bytes, exactly as sent.', schema: {} }),
  );
  return createParamDecorator(
    (_: unknown, context: ExecutionContext) =>
      context.switchToHttp().getRequest<FastifyRequest>().body ?? Buffer.alloc(0),
    [(target, key) => document(target, key!, Object.getOwnPropertyDescriptor(target, key!)!)],
  )();
}

import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { RouteOptions } from '@app/server';

/**
 * Lets the body of this route take up to `timeoutMs` to arrive, instead of 10 s, and keeps the connection open as long
 * while the handler works, instead of 60 s. A statement in the database keeps its own limit of 2.5 s.
 */
export function RequestTimeout(timeoutMs: number): MethodDecorator {
  return applyDecorators(RouteOptions({ timeoutMs }), ApiExtension('x-request-timeout-ms', timeoutMs));
}

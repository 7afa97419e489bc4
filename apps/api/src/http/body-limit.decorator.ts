import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { RouteOptions } from '@app/server';

/**
 * Accepts a body of up to `maxBytes` on this route, instead of 100 kB. The body is read into memory before the token is
 * verified, so the limit holds for anyone: keep it low, and let clients upload files to object storage.
 */
export function BodyLimit(maxBytes: number): MethodDecorator {
  return applyDecorators(
    RouteOptions({ maxBodyBytes: maxBytes }),
    ApiExtension('x-max-body-bytes', maxBytes),
  );
}

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Stored } from '../database/owned-repository.js';

/**
 * Answers a stored row with its version as a strong `ETag` (RFC 9110, section 8.8.3), and a new one with its
 * `Location`. Everything else passes as it is.
 */
@Injectable()
export class EntityTagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((body: unknown) => {
        if (!(body instanceof Stored)) {
          return body;
        }
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        reply.header('etag', `"${body.version}"`);
        const request = context.switchToHttp().getRequest<FastifyRequest>();
        if (request.method === 'POST') {
          reply.header('location', `${request.routeOptions.url}/${(body.row as { id: string }).id}`);
        }
        return body.row;
      }),
    );
  }
}

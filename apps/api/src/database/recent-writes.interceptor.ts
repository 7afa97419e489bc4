import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { AuthUser } from '@app/auth';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { RecentWrites } from './recent-writes.js';

/** Records every write request before its response is sent. A failed request counts too: it may have committed. */
@Injectable()
export class RecentWritesInterceptor implements NestInterceptor {
  constructor(private readonly writes: RecentWrites) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, user } = context.switchToHttp().getRequest<{ method: string; user?: AuthUser }>();
    if (!user || method === 'GET' || method === 'HEAD') {
      return next.handle();
    }
    const result = lastValueFrom(next.handle(), { defaultValue: undefined });
    // Some requests of an organization's member write the user's own rows, such as DELETE /api/me.
    const owners = [...new Set([user.ownerId, user.id])];
    return from(result.finally(() => Promise.all(owners.map((ownerId) => this.writes.record(ownerId)))));
  }
}

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { AuthUser } from '@app/auth';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { RecentWrites } from './recent-writes.js';

/** Notes who has sent a request that may write, before it is answered; also a failed one may have written. */
@Injectable()
export class RecentWritesInterceptor implements NestInterceptor {
  constructor(private readonly writes: RecentWrites) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, user } = context.switchToHttp().getRequest<{ method: string; user?: AuthUser }>();
    if (!user || method === 'GET' || method === 'HEAD') {
      return next.handle();
    }
    const done = lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(done.finally(() => this.writes.note(user.id)));
  }
}

import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import type { AuthUser } from './claims.js';
import { VERIFIED_EMAIL } from './decorators.js';
import { unverifiedEmail } from './http-exceptions.js';

/** Runs after `JwtAuthGuard`. On a public route there is no user, so it rejects every request. */
@Injectable()
class VerifiedEmailGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user?: AuthUser }>();
    if (!user?.emailVerified) {
      throw unverifiedEmail();
    }
    return true;
  }
}

/** Requires a verified email address on a route or a controller; the response to a token without one is 403. */
export const RequireVerifiedEmail = () =>
  applyDecorators(SetMetadata(VERIFIED_EMAIL, true), UseGuards(VerifiedEmailGuard));

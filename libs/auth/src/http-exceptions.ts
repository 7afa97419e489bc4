import {
  ForbiddenException,
  type HttpException,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { InvalidTokenError, KeysUnavailableError } from './errors.js';

/** The exception filter copies `headers` to the response. */
function withHeaders<E extends HttpException>(exception: E, headers: Record<string, string>): E {
  return Object.assign(exception, { headers });
}

export function missingToken(): UnauthorizedException {
  return withHeaders(
    new UnauthorizedException('Send an access token in the header Authorization: Bearer <token>.'),
    { 'www-authenticate': 'Bearer' },
  );
}

export function invalidToken({ description }: InvalidTokenError): UnauthorizedException {
  return withHeaders(new UnauthorizedException(description), {
    'www-authenticate': `Bearer error="invalid_token", error_description="${description}"`,
  });
}

export function keysUnavailable(error: KeysUnavailableError): ServiceUnavailableException {
  return withHeaders(new ServiceUnavailableException(error.message), {
    'retry-after': String(error.retryAfterSeconds),
  });
}

export function unverifiedEmail(): ForbiddenException {
  return withHeaders(
    new ForbiddenException(
      'This route requires a verified email address. Verify yours, then get a new token.',
    ),
    { 'www-authenticate': 'Bearer error="insufficient_scope"' },
  );
}

/** @param scopes The scopes of the route, of which the token has none (RFC 6750, section 3). */
export function missingScope(scopes: string[]): ForbiddenException {
  const detail =
    scopes.length > 0
      ? `This route requires the scope ${scopes.join(' or ')}.`
      : 'This route does not accept tokens that are limited to scopes.';
  const required = scopes.length > 0 ? `, scope="${scopes.join(' ')}"` : '';
  return withHeaders(new ForbiddenException(detail), {
    'www-authenticate': `Bearer error="insufficient_scope"${required}`,
  });
}

export function missingRole(roles: string[]): ForbiddenException {
  return withHeaders(new ForbiddenException(`This route requires the role ${roles.join(' or ')}.`), {
    'www-authenticate': 'Bearer error="insufficient_scope"',
  });
}

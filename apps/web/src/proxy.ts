import { type NextRequest, NextResponse } from 'next/server';
import { proxyToAuthServer } from '@/lib/auth/auth-proxy';
import {
  createContentSecurityPolicy,
  createNonce,
  isServedOverTls,
} from '@/lib/security/content-security-policy';

/** Runs before every request but those for built files: hands sign-in on to the auth server, and gives each page its policy. */
export function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  if (pathname.startsWith('/api/auth/') || pathname === '/.well-known/jwks.json') {
    return proxyToAuthServer(request);
  }

  const nonce = createNonce();
  const policy = createContentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('x-page', pathname + search);
  // Next reads the nonce for its own scripts from here.
  headers.set('content-security-policy', policy);

  // Next's own copy of the error page is made at build time: its scripts bear no nonce, and nobody needs its address.
  const response =
    pathname === '/_global-error'
      ? NextResponse.rewrite(new URL('/not-found', request.url), { request: { headers } })
      : NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  if (isServedOverTls()) response.headers.set('strict-transport-security', 'max-age=31536000');
  return response;
}

export const config = { matcher: '/((?!_next/static/|_next/image$).*)' };

import { type NextRequest, NextResponse } from 'next/server';
import { environment } from '@/lib/environment';
import {
  createContentSecurityPolicy,
  createNonce,
  isServedOverTls,
} from '@/lib/security/content-security-policy';

/** Sets the Content-Security-Policy of every page. */
export function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  const nonce = createNonce();
  const policy = createContentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('x-page', pathname + search);
  // Next reads the nonce of its own scripts from this request header.
  headers.set('content-security-policy', policy);

  // Next prerenders this page at build time, so that its scripts have no nonce. No user needs its URL.
  const response =
    pathname === '/_global-error'
      ? NextResponse.rewrite(new URL('/not-found', request.url), { request: { headers } })
      : NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  if (isServedOverTls()) {
    const subdomains = environment().HSTS_INCLUDE_SUBDOMAINS ? '; includeSubDomains' : '';
    response.headers.set('strict-transport-security', `max-age=31536000${subdomains}`);
  }
  return response;
}

export const config = { matcher: '/((?!_next/static/|_next/image$).*)' };

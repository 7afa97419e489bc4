import 'server-only';
import { headers } from 'next/headers';
import { environment } from '@/lib/environment';

/** Sends a GET request to the auth server as the visitor of the page. */
export async function fetchAuthServer(path: string): Promise<Response> {
  const { cookie = '', 'x-forwarded-for': clientAddress = '' } = Object.fromEntries(await headers());
  return fetch(`${environment().AUTH_URL}/api/auth${path}`, {
    // The auth server limits requests by the client's address. The server of this app has set the header.
    headers: { cookie, 'x-forwarded-for': clientAddress },
    cache: 'no-store',
    signal: AbortSignal.timeout(5_000),
  });
}

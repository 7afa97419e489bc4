import 'server-only';
import { type ApiClient, createApiClient } from '@app/api-client';
import { fetchAuthServer } from '@/lib/auth/fetch-auth-server';
import { environment } from '@/lib/environment';

/** The page waits for the response. */
const timeoutMs = 1_000;

/** Creates a client that requests the API from this server, as the visitor. Their access token stays here. */
export async function createServerApiClient(): Promise<ApiClient> {
  // A response that extends the session sets a cookie, which would not reach the browser from here.
  const response = await fetchAuthServer('/token?disableRefresh=true');
  if (!response.ok) {
    throw new Error(`The auth server responded with ${response.status}.`);
  }
  const { token } = (await response.json()) as { token: string };
  return createApiClient({
    baseUrl: environment().API_INTERNAL_URL,
    fetch: (request) => {
      request.headers.set('authorization', `Bearer ${token}`);
      return fetch(request, { cache: 'no-store', signal: AbortSignal.timeout(timeoutMs) });
    },
  });
}

import type { AccessTokens } from '@/lib/auth/access-tokens';

/** Creates a `fetch` that adds the access token. After a 401 it retries once with a new token. */
export function createAuthorizedFetch(tokens: AccessTokens): (request: Request) => Promise<Response> {
  return async (request) => {
    // A body can be sent only once.
    const retry = request.clone();
    const token = await tokens.get();
    const response = await fetch(withToken(request, token));
    if (response.status !== 401) {
      return response;
    }
    return fetch(withToken(retry, await tokens.renew(token)));
  };
}

function withToken(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`);
  request.headers.set('traceparent', createTraceparent());
  return request;
}

/** Starts a trace that the servers continue (W3C Trace Context). Their logs and error responses include its id. */
function createTraceparent(): string {
  const hex = (bytes: number) =>
    Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
  return `00-${hex(16)}-${hex(8)}-01`;
}

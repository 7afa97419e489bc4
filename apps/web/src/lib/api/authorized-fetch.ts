import type { AccessTokens } from '@/lib/auth/access-tokens';

/** fetch() with the access token; a 401 gets a fresh token and one more try. */
export function createAuthorizedFetch(tokens: AccessTokens): (request: Request) => Promise<Response> {
  return async (request) => {
    const again = request.clone();
    const token = await tokens.get();
    const answer = await fetch(withToken(request, token));
    if (answer.status !== 401) return answer;
    return fetch(withToken(again, await tokens.renew(token)));
  };
}

function withToken(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`);
  request.headers.set('traceparent', newTraceparent());
  return request;
}

/** Begins a trace that the servers go on with (W3C Trace Context); what they log and answer bears its id. */
function newTraceparent(): string {
  const hex = (bytes: number) =>
    Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
  return `00-${hex(16)}-${hex(8)}-01`;
}

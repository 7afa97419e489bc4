import type { AccessTokens } from './access-tokens';

/** fetch() with the access token; a 401 gets a fresh token and one more try. */
export function authorizedFetch(tokens: AccessTokens): (request: Request) => Promise<Response> {
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
  return request;
}

import { environment } from '@/lib/environment';

const timeoutMs = 30_000;

/** Headers that speak of one connection (RFC 9110, section 7.6.1), not of the message that travels on. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Hands a request on to the auth server, and its answer back: bodies stream, redirects and cookies pass untouched. */
export async function proxyToAuthServer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = withoutHopByHop(request.headers, ['host', 'content-length', 'expect']);
  // fetch() would undo a compression, and the answer would still claim to be compressed.
  headers.set('accept-encoding', 'identity');

  try {
    const answer = await fetch(`${environment().AUTH_URL}${pathname}${search}`, {
      method: request.method,
      headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
      cache: 'no-store',
      duplex: 'half',
    } as RequestInit);
    return new Response(answer.body, {
      status: answer.status,
      headers: withoutHopByHop(answer.headers, ['content-encoding', 'content-length']),
    });
  } catch {
    return Response.json(
      {
        type: 'about:blank',
        title: 'Service UnavailablePage',
        status: 503,
        detail: 'The auth server does not answer now. Try again in a moment.',
        instance: pathname,
      },
      { status: 503, headers: { 'content-type': 'application/problem+json', 'retry-after': '5' } },
    );
  }
}

function withoutHopByHop(source: Headers, alsoWithout: string[]): Headers {
  const headers = new Headers(source);
  const named = headers.get('connection')?.split(',') ?? [];
  for (const name of [...hopByHop, ...alsoWithout, ...named.map((part) => part.trim())]) {
    if (name) headers.delete(name);
  }
  return headers;
}

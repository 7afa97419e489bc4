import { environment } from '@/lib/environment';

const timeoutMs = 30_000;

/** Headers that apply to one connection and must not be forwarded (RFC 9110, section 7.6.1). */
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

/** Forwards a request to the auth server and returns its response. Streams bodies; keeps redirects and cookies. */
export async function proxyToAuthServer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = withoutHopByHop(request.headers, ['host', 'content-length', 'expect']);
  // fetch() decompresses the body but keeps the Content-Encoding header.
  headers.set('accept-encoding', 'identity');

  try {
    const response = await fetch(`${environment().AUTH_URL}${pathname}${search}`, {
      method: request.method,
      headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]),
      cache: 'no-store',
      duplex: 'half',
    } as RequestInit);
    return new Response(response.body, {
      status: response.status,
      headers: withoutHopByHop(response.headers, ['content-encoding', 'content-length']),
    });
  } catch {
    return Response.json(
      {
        type: 'about:blank',
        title: 'Service UnavailablePage',
        status: 503,
        detail: 'The auth server is unavailable. Try again in a moment.',
        instance: pathname,
      },
      { status: 503, headers: { 'content-type': 'application/problem+json', 'retry-after': '5' } },
    );
  }
}

function withoutHopByHop(source: Headers, others: string[]): Headers {
  const headers = new Headers(source);
  const listed = headers.get('connection')?.split(',') ?? [];
  for (const name of [...hopByHop, ...others, ...listed.map((part) => part.trim())]) {
    if (name) {
      headers.delete(name);
    }
  }
  return headers;
}

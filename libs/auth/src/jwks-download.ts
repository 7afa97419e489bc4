import { withTimeout } from './timeout.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;

export interface JwksDownload {
  body: string;
  /** The remaining freshness lifetime from `Cache-Control`; undefined if the response has none. */
  maxAgeSeconds: number | undefined;
  /** The `Age` of the response if it comes from a cache; 0 if it comes from the issuer itself. */
  ageSeconds: number;
}

/**
 * Downloads a JWKS and asks HTTP caches to revalidate. The timeout covers headers and body, and redirects are errors.
 * jwks-rsa's own request has no size limit, and never settles if the body stalls.
 * @throws Error if the status is not 200, the body is over 1 MB or the timeout expires
 */
export function downloadJwks(url: string): Promise<JwksDownload> {
  return withTimeout(
    TIMEOUT_MS,
    () => new Error(`no complete response within ${TIMEOUT_MS / 1000} s`),
    async (signal) => {
      const response = await fetch(url, {
        redirect: 'error',
        signal,
        headers: { accept: 'application/json', 'cache-control': 'no-cache' },
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`the response status is ${response.status}`);
      }
      const { headers } = response;
      return {
        body: await readBody(response),
        maxAgeSeconds: readMaxAgeSeconds(headers),
        ageSeconds: readAgeSeconds(headers),
      };
    },
  );
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      throw new Error('the response is over 1 MB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Reads `max-age` and subtracts `Age` (RFC 9111, section 4.2); `no-store` and `no-cache` count as 0. */
export function readMaxAgeSeconds(headers: Headers): number | undefined {
  const directives = (headers.get('cache-control') ?? '').toLowerCase().split(/[\s,]+/);
  if (directives.some((directive) => /^no-(store|cache)\b/.test(directive))) {
    return 0;
  }
  const seconds = directives.map((directive) => /^max-age="?(\d{1,9})"?$/.exec(directive)?.[1]).find(Boolean);
  return seconds === undefined ? undefined : Math.max(0, Number(seconds) - readAgeSeconds(headers));
}

/** RFC 9111, section 5.1. */
function readAgeSeconds(headers: Headers): number {
  return Number(headers.get('age')) || 0;
}

/** Returns a URL for the log, without its query, which may contain a secret. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

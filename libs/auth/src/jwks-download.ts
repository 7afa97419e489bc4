import { withTimeLimit } from './time-limit.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;

export interface JwksDownload {
  body: string;
  /** How long the issuer says that the set holds; undefined where it says nothing. */
  maxAgeSeconds: number | undefined;
  /** Of the copy that a cache on the way answered with; 0 where the issuer answered itself. */
  ageSeconds: number;
}

/**
 * Downloads a JWKS, past every cache on the way: the time limit covers headers and body, redirects are not followed.
 * (jwks-rsa's own request never ends where a body stalls, and reads a body of any size.)
 * @throws Error where the answer is not 200, too long, or too late
 */
export function downloadJwks(url: string): Promise<JwksDownload> {
  return withTimeLimit(
    TIMEOUT_MS,
    () => new Error(`it took over ${TIMEOUT_MS / 1000} s`),
    async (signal) => {
      const answer = await fetch(url, {
        redirect: 'error',
        signal,
        headers: { accept: 'application/json', 'cache-control': 'no-cache' },
      });
      if (answer.status !== 200) {
        await answer.body?.cancel();
        throw new Error(`the answer was ${answer.status}`);
      }
      const { headers } = answer;
      return {
        body: await readLimited(answer),
        maxAgeSeconds: maxAgeOf(headers),
        ageSeconds: ageOf(headers),
      };
    },
  );
}

async function readLimited(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      throw new Error('it is over 1 MB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** RFC 9111, sections 4.2 and 5.2.2; what must not be kept holds for no time. */
export function maxAgeOf(headers: Headers): number | undefined {
  const directives = (headers.get('cache-control') ?? '').toLowerCase().split(/[\s,]+/);
  if (directives.some((directive) => /^no-(store|cache)\b/.test(directive))) {
    return 0;
  }
  const seconds = directives.map((directive) => /^max-age="?(\d{1,9})"?$/.exec(directive)?.[1]).find(Boolean);
  return seconds === undefined ? undefined : Math.max(0, Number(seconds) - ageOf(headers));
}

/** RFC 9111, section 5.1. */
function ageOf(headers: Headers): number {
  return Number(headers.get('age')) || 0;
}

/** An address for the log: the query may hold a secret. */
export function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

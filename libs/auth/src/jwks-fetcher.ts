import { JwksClient } from 'jwks-rsa';
import { type PublishedJwk, type TrustedKey, trustKey } from './trusted-key.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;

export interface KeySet {
  /** By `kid`. */
  keys: ReadonlyMap<string, TrustedKey>;
  /** How long the issuer says that the set holds; undefined where it says nothing. */
  maxAgeSeconds?: number;
}

/**
 * Fetches the JWKS of an issuer (RFC 7517, section 5) as a whole. jwks-rsa parses the keys; the transport is ours, with
 * a time limit that covers the body, a size limit, and no redirects.
 * @param fresh asks every cache on the way for a new copy
 * @throws Error where the answer is no JWKS with at least one key that can be used.
 */
export async function fetchKeySet(jwksUrl: string, fresh: boolean): Promise<KeySet> {
  let published: PublishedJwk[] = [];
  let maxAgeSeconds: number | undefined;
  const client = new JwksClient({
    jwksUri: jwksUrl,
    cache: false,
    rateLimit: false,
    fetcher: async (url) => {
      const { body, cacheControl } = await withTimeLimit((signal) => readAnswer(url, fresh, signal));
      maxAgeSeconds = maxAgeOf(cacheControl);
      const { keys } = JSON.parse(body) as { keys: PublishedJwk[] };
      published = Array.isArray(keys) ? keys.filter(isNamed) : [];
      return { keys: published };
    },
  });
  const signingKeys = await client.getSigningKeys();
  const byKid = new Map(published.map((jwk) => [jwk.kid as string, jwk]));
  const keys = new Map<string, TrustedKey>();
  for (const { kid, publicKey } of signingKeys as { kid: string; publicKey: string }[]) {
    const trusted = trustKey(byKid.get(kid)!, publicKey);
    if (trusted) {
      keys.set(kid, trusted);
    }
  }
  if (keys.size === 0) {
    throw new Error('The JWKS holds no key that can be used.');
  }
  return { keys, maxAgeSeconds };
}

/**
 * Gives up on `work` after the time limit, whether it listens to the signal or not. (AbortSignal.timeout() can be
 * collected as garbage before it fires, and then never does.)
 */
async function withTimeLimit<R>(work: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The JWKS took over ${TIMEOUT_MS / 1000} s.`));
      controller.abort();
    }, TIMEOUT_MS);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function readAnswer(url: string, fresh: boolean, signal: AbortSignal) {
  const answer = await fetch(url, {
    redirect: 'error',
    signal,
    headers: { accept: 'application/json', ...(fresh && { 'cache-control': 'no-cache' }) },
  });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`The JWKS answered ${answer.status}.`);
  }
  return { body: await readLimited(answer), cacheControl: answer.headers.get('cache-control') };
}

/** A key that no token could name is of no use; of two with one name, neither can be told to be meant. */
function isNamed(jwk: PublishedJwk, _: number, all: PublishedJwk[]): boolean {
  return (
    typeof jwk?.kid === 'string' &&
    jwk.kid !== '' &&
    all.filter((other) => other?.kid === jwk.kid).length === 1
  );
}

async function readLimited(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      throw new Error('The JWKS is over 1 MB.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** RFC 9111, section 5.2.2; what must not be stored holds for no time. */
function maxAgeOf(cacheControl: string | null): number | undefined {
  if (!cacheControl) {
    return undefined;
  }
  if (/\bno-(store|cache)\b/i.test(cacheControl)) {
    return 0;
  }
  const seconds = /\bmax-age=(\d{1,9})/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

import { JwksClient } from 'jwks-rsa';
import { downloadJwks, type JwksDownload } from './jwks-download.js';
import { KID } from './token.js';
import { algorithmsOf, parseKey, type PublishedJwk, type TrustedKey } from './trusted-key.js';

const MAX_KEYS = 100;

/** By `kid`: usually one key, none where the published one is not for verifying tokens. */
export type KeysByKid = ReadonlyMap<string, readonly TrustedKey[]>;

export interface KeySet extends Omit<JwksDownload, 'body'> {
  keys: KeysByKid;
}

/**
 * Fetches the JWKS of an issuer (RFC 7517, section 5) as a whole. jwks-rsa parses the keys, one by one, and leaves out
 * what it can't. It gets their public members alone, and knows each by its place in the set, since it drops what the
 * rest of a JWK says, and several can share a `kid`.
 * @throws Error where the answer is no JWKS with at least one key that can be used, and at most 100 keys: each takes
 * time to parse, in which nothing else is answered.
 */
export async function fetchKeySet(jwksUrl: string): Promise<KeySet> {
  const { body, ...ages } = await downloadJwks(jwksUrl);
  const published = namedKeys(JSON.parse(body));
  if (published.length > MAX_KEYS) {
    throw new Error(`it holds over ${MAX_KEYS} keys`);
  }
  const client = new JwksClient({
    jwksUri: jwksUrl,
    cache: false,
    rateLimit: false,
    fetcher: async () => ({ keys: published.map(publicMembers) }),
  });
  const parsed = (await client.getSigningKeys()) as ParsedJwk[];
  const keys = new Map<string, TrustedKey[]>(published.map(({ kid }) => [kid, []]));
  let usable = 0;
  for (const { kid: place, publicKey } of parsed) {
    const jwk = published[Number(place)]!;
    const key = parseKey(publicKey);
    if (key) {
      usable += 1;
      keys.get(jwk.kid)!.push({ key, algorithms: algorithmsOf(jwk) });
    }
  }
  if (usable === 0) {
    throw new Error('it holds no key that can be used');
  }
  return { keys, ...ages };
}

interface ParsedJwk {
  kid: string;
  publicKey: string;
}

/** A key without a name that a token may have is of no use: no token could say that it means it. */
function namedKeys(jwks: unknown): PublishedJwk[] {
  const { keys } = Object(jwks) as { keys?: unknown };
  return Array.isArray(keys) ? keys.filter((jwk) => typeof jwk?.kid === 'string' && KID.test(jwk.kid)) : [];
}

/** What jwks-rsa is to parse; nothing of a key that is not to be used. */
function publicMembers(jwk: PublishedJwk, place: number): object {
  const [alg] = algorithmsOf(jwk);
  const { kty, crv, n, e, x, y } = jwk;
  return alg ? { kid: String(place), alg, kty, crv, n, e, x, y } : { kid: String(place) };
}

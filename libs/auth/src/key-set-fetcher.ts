import { JwksClient } from 'jwks-rsa';
import { downloadJwks, type JwksDownload } from './jwks-download.js';
import { KID } from './token.js';
import {
  type Algorithm,
  getAlgorithms,
  parseKey,
  type PublishedJwk,
  type TrustedKey,
} from './trusted-key.js';

const MAX_KEYS = 100;

/** Trusted keys by `kid`. The array is empty if the published key cannot verify tokens. */
export type KeysByKid = ReadonlyMap<string, readonly TrustedKey[]>;

export interface KeySet extends Omit<JwksDownload, 'body'> {
  keys: KeysByKid;
}

/**
 * Fetches the whole JWKS of an issuer (RFC 7517, section 5) with jwks-rsa. Its cache and its rate limit are off because
 * `KeyStore` has its own: jwks-rsa caches each key separately and forgets them all during an outage.
 */
export class KeySetFetcher {
  private readonly client: JwksClient;
  private latest: (Omit<JwksDownload, 'body'> & { kids: string[] }) | undefined;

  constructor(jwksUrl: string) {
    this.client = new JwksClient({
      jwksUri: jwksUrl,
      cache: false,
      rateLimit: false,
      fetcher: (url) => this.download(url),
    });
  }

  /**
   * Must not be called again before it settles.
   * @throws Error if the response is not a JWKS with 1 to 100 keys, at least one of which can verify tokens
   */
  async fetch(): Promise<KeySet> {
    const signingKeys = await this.client.getSigningKeys();
    const { kids, ...ages } = this.latest!;
    const keys = new Map<string, TrustedKey[]>(kids.map((kid) => [kid, []]));
    let usable = 0;
    for (const signingKey of signingKeys) {
      const key = parseKey(signingKey.getPublicKey());
      if (key) {
        usable += 1;
        keys.get(signingKey.kid)!.push({ key, algorithm: signingKey.alg as Algorithm });
      }
    }
    if (usable === 0) {
      throw new Error('the JWKS has no key that can verify tokens');
    }
    return { keys, ...ages };
  }

  /** jwks-rsa's `fetcher`. The number of keys is limited because parsing them blocks the event loop. */
  private async download(url: string): Promise<{ keys: object[] }> {
    const { body, ...ages } = await downloadJwks(url);
    const published = getNamedKeys(JSON.parse(body));
    if (published.length > MAX_KEYS) {
      throw new Error(`the JWKS has more than ${MAX_KEYS} keys`);
    }
    this.latest = { kids: published.map(({ kid }) => kid), ...ages };
    return { keys: published.flatMap(toVerificationKeys) };
  }
}

/** Omits keys without a valid `kid`, because no token can refer to them. */
function getNamedKeys(jwks: unknown): PublishedJwk[] {
  const { keys } = Object(jwks) as { keys?: unknown };
  return Array.isArray(keys) ? keys.filter((jwk) => typeof jwk?.kid === 'string' && KID.test(jwk.kid)) : [];
}

/**
 * Returns one public JWK for each algorithm that a key may verify. Of a parsed key, jwks-rsa returns only `kid` and
 * `alg`, so `alg` must be present and unambiguous.
 */
function toVerificationKeys(jwk: PublishedJwk): object[] {
  const { kid, kty, crv, n, e, x, y } = jwk;
  return getAlgorithms(jwk).map((alg) => ({ kid, alg, kty, crv, n, e, x, y }));
}

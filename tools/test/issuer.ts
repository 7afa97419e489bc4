import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signBytes,
  constants,
} from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** How the JWKS endpoint responds; everything except `normal` simulates an outage. */
export type Behaviour =
  'normal' | 'hold' | 'hang' | 'stall' | 'endless' | 'error' | 'garbage' | 'empty' | 'no set' | 'redirect';

export interface IssuerKey {
  kid: string;
  algorithm: SigningAlgorithm;
  privateKey: KeyObject;
  /** The published JWK. */
  jwk: Record<string, unknown>;
}

type Claims = Record<string, unknown>;

/** A token issuer whose JWKS endpoint can simulate outages. */
export interface Issuer {
  url: string;
  jwksUrl: string;
  /** The published keys, newest first. The first one signs; tests may replace the array. */
  keys: IssuerKey[];
  /** The number of requests for the JWKS. */
  requests: number;
  /** The `Cache-Control` header of the last request for the JWKS. */
  lastCacheControl: string | undefined;
  /** The `Cache-Control` header of the JWKS response. */
  cacheControl: string;
  /** The `Age` header of the JWKS response, as sent by an HTTP cache. */
  age: number | undefined;
  /** Sets the behaviour for later requests and for those on `hold`. */
  behave(behaviour: Behaviour): void;
  /**
   * Returns a token with `iss`, `iat`, `exp` and the given claims, which override them. Undefined claims are omitted.
   */
  sign(claims: Claims, options?: { key?: IssuerKey; header?: Claims }): Promise<string>;
  /** Signs with a new key from now on. The old keys stay published unless `revoke` is true. */
  rotate(options?: { revoke?: boolean; algorithm?: SigningAlgorithm }): IssuerKey;
  close(): Promise<void>;
}

export const encode = (value: unknown) =>
  (Buffer.isBuffer(value)
    ? value
    : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  ).toString('base64url');

export function createKey(algorithm: SigningAlgorithm = 'RS256', kid: string = randomUUID()): IssuerKey {
  const { publicKey, privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
  return { kid, algorithm, privateKey, jwk };
}

/** Returns the signature of a text. The key of `HS256` is a secret string. */
export function signText(
  text: string,
  algorithm: SigningAlgorithm | 'HS256',
  key: KeyObject | string,
): string {
  const bytes = Buffer.from(text);
  switch (algorithm) {
    case 'HS256':
      return createHmac('sha256', key).update(bytes).digest('base64url');
    case 'RS256':
      return signBytes('RSA-SHA256', bytes, key as KeyObject).toString('base64url');
    case 'PS256':
      return signBytes('RSA-SHA256', bytes, {
        key: key as KeyObject,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      }).toString('base64url');
    case 'ES256':
      return signBytes('SHA256', bytes, { key: key as KeyObject, dsaEncoding: 'ieee-p1363' }).toString(
        'base64url',
      );
    case 'EdDSA':
      return signBytes(null, bytes, key as KeyObject).toString('base64url');
  }
}

/** Returns a signed token with any header and payload. */
export function signToken(header: unknown, payload: unknown, { algorithm, privateKey }: IssuerKey): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signText(signed, algorithm, privateKey)}`;
}

function respond(issuer: Issuer, behaviour: Behaviour, response: ServerResponse): void {
  const json = {
    'content-type': 'application/json',
    'cache-control': issuer.cacheControl,
    ...(issuer.age !== undefined && { age: String(issuer.age) }),
  };
  const keys = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
  switch (behaviour) {
    case 'normal':
      response.writeHead(200, json).end(keys);
      break;
    case 'hold':
    case 'hang':
      break;
    case 'stall':
      response.writeHead(200, json).write('{"keys":[');
      break;
    case 'endless': {
      response.writeHead(200, json);
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536))) {}
      };
      response.on('drain', more);
      more();
      break;
    }
    case 'error':
      response.writeHead(500, json).end(keys);
      break;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>');
      break;
    case 'empty':
      response.writeHead(200, json).end('{"keys":[]}');
      break;
    case 'no set':
      response.writeHead(200, json).end('null');
      break;
    case 'redirect':
      response.writeHead(302, { location: '/moved' }).end();
      break;
  }
}

export async function startIssuer(algorithm: SigningAlgorithm = 'RS256'): Promise<Issuer> {
  let behaviour: Behaviour = 'normal';
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    issuer.requests += 1;
    issuer.lastCacheControl = request.headers['cache-control'];
    // The target of the redirect has valid keys, so a client that follows redirects is detected.
    respond(issuer, request.url === '/moved' ? 'normal' : behaviour, response);
    if (behaviour === 'hold') {
      held.push(response);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: Issuer = {
    url,
    jwksUrl: `${url}/.well-known/jwks.json`,
    keys: [createKey(algorithm)],
    requests: 0,
    lastCacheControl: undefined,
    cacheControl: 'private, max-age=300',
    age: undefined,
    behave(next) {
      behaviour = next;
      for (const response of held.splice(0)) {
        respond(issuer, behaviour, response);
      }
    },
    async sign(claims, { key = issuer.keys[0]!, header = {} } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: url, iat: now, exp: now + 900, ...claims };
      return signToken({ alg: key.algorithm, kid: key.kid, ...header }, payload, key);
    },
    rotate({ revoke = false, algorithm: next = algorithm } = {}) {
      issuer.keys = [createKey(next), ...(revoke ? [] : issuer.keys)];
      return issuer.keys[0]!;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return issuer;
}

import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { createKey, encode, type IssuerKey, signText, signToken } from '../../../tools/test/issuer.js';
import type { AuthUser } from './claims.js';
import { InvalidTokenError } from './errors.js';
import type { KeyStore } from './key-store.js';
import { TokenVerifier } from './token-verifier.js';
import { ALGORITHMS, type TrustedKey } from './trusted-key.js';

// After jwks-rsa, which loads jose with require(): Jest on Node 24 fails if both are loaded at once.
const { createLocalJWKSet, jwtVerify } = await import('jose');

/**
 * Compares TokenVerifier with jose: a token that jose rejects must be rejected here, too.
 * `DIFFERENTIAL_RUNS=1000000 npm run test:unit -- token-verifier.property` runs it longer than usual.
 */
const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 5_000);

const NOW = 1_800_000_000;
const ISSUER = 'https://issuer.test';
const AUDIENCE = 'https://api.test';

const keys = ALGORITHMS.map((algorithm) => createKey(algorithm, algorithm));
const unpublishedKeys = ALGORITHMS.map((algorithm) => createKey(algorithm, algorithm));
const goodClaims = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', iat: NOW, exp: NOW + 900 };
const goodHeader = ({ algorithm, kid }: IssuerKey) => ({ alg: algorithm, kid });
const goodTokens = new Map(keys.map((key) => [key.kid, signToken(goodHeader(key), goodClaims, key)]));

const trusted = new Map(
  keys.map(({ kid, algorithm, privateKey }): [string, TrustedKey[]] => [
    kid,
    [{ key: createPublicKey(privateKey), algorithm }],
  ]),
);
const keyStore: Pick<KeyStore, 'get' | 'waitFor' | 'markStale'> = {
  get: (kid) => trusted.get(kid),
  waitFor: () =>
    Promise.reject(new InvalidTokenError('unknown_key', 'The token was signed with an unknown key.')),
  markStale: () => {},
};
const verifier = new TokenVerifier(
  { issuer: ISSUER, audience: AUDIENCE, jwksUrl: `${ISSUER}/jwks` },
  keyStore as KeyStore,
);
const jwks = createLocalJWKSet({ keys: keys.map(({ jwk }) => jwk) as never });

beforeAll(() => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW * 1000);
});
afterAll(() => {
  jest.restoreAllMocks();
});

/** The user, or undefined if the token is rejected. */
async function verify(token: string): Promise<AuthUser | undefined> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof InvalidTokenError) {
      return undefined;
    }
    throw error;
  }
}

/** The claims, or undefined if jose rejects the token under the same options. */
async function verifyWithJose(token: string) {
  try {
    const { payload } = await jwtVerify(token, jwks, {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: [...ALGORITHMS],
      clockTolerance: 5,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(NOW * 1000),
    });
    return payload;
  } catch {
    return undefined;
  }
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const oneOf = (...values: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );

/** An object with at most two of the members. */
const someOf = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .array(fc.oneof(...Object.entries(members).map(([name, value]) => fc.tuple(fc.constant(name), value))), {
      maxLength: 2,
    })
    .map((entries) => Object.fromEntries(entries) as Record<string, unknown>);

const changedHeader = someOf({
  alg: oneOf(...ALGORITHMS, 'none', 'HS256', 'RS512', 'ES384', 'Ed25519', 'rs256'),
  kid: oneOf(...ALGORITHMS, 'unknown', '', '__proto__'),
  typ: oneOf('JWT', 'at+jwt', 'application/at+jwt', 'logout+jwt'),
  crit: oneOf([], ['b64'], ['exp']),
  b64: oneOf(true, false),
  jwk: fc.constantFrom(...unpublishedKeys.map(({ jwk }) => jwk)),
  x: fc.jsonValue({ maxDepth: 1 }),
});
const changedClaims = someOf({
  iss: oneOf(ISSUER, `${ISSUER}/`, [ISSUER], undefined),
  aud: oneOf(AUDIENCE, [AUDIENCE], ['other', AUDIENCE], ['other'], [], [[AUDIENCE]], undefined),
  sub: oneOf('bob', '', 7, undefined),
  exp: oneOf(NOW + 1, NOW, NOW - 4, NOW - 4.5, NOW - 5, NOW - 6, 1e300, -1, `${NOW + 900}`, undefined),
  nbf: oneOf(NOW, NOW + 5, NOW + 5.5, NOW + 6, 0, '0', null),
  iat: oneOf(NOW + 900, 0, 'now', null, undefined),
  x: fc.jsonValue({ maxDepth: 1 }),
});
const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \u0000é'];
const changedText = fc.record({
  at: fc.nat(2_000),
  remove: fc.nat(2),
  insert: fc.string({ unit: fc.constantFrom(...characters), maxLength: 2 }),
});

/** A token of any algorithm with changes to its header, claims, signing key and text; some have no changes. */
const mutatedToken = fc
  .record({
    key: fc.constantFrom(...keys),
    header: changedHeader,
    claims: changedClaims,
    signature: fc.oneof(
      { weight: 4, arbitrary: fc.constant('valid' as const) },
      { weight: 3, arbitrary: fc.constant('of the unchanged token' as const) },
      { weight: 1, arbitrary: fc.constant('HS256 with the public key' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...keys, ...unpublishedKeys) },
    ),
    text: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(changedText, { minLength: 1, maxLength: 3 }) },
    ),
    partOf: sometimes(fc.tuple(fc.nat(2), fc.constantFrom(...keys))),
  })
  .map(({ key, header, claims, signature, text, partOf }) => {
    const signed = `${encode({ ...goodHeader(key), ...header })}.${encode({ ...goodClaims, ...claims })}`;
    const parts = [...signed.split('.'), sign(signed, withDeclaredAlgorithm(key, header.alg), signature)];
    if (partOf) {
      parts[partOf[0]] = goodTokens.get(partOf[1].kid)!.split('.')[partOf[0]]!;
    }
    const letters = [...parts.join('.')];
    for (const { at, remove, insert } of text) {
      letters.splice(at % letters.length, remove, ...insert);
    }
    return letters.join('');
  });

/** An RSA key can sign with either algorithm, whatever its JWK says. */
function withDeclaredAlgorithm(key: IssuerKey, alg: unknown): IssuerKey {
  const isRsa = key.privateKey.asymmetricKeyType === 'rsa';
  return isRsa && (alg === 'RS256' || alg === 'PS256') ? { ...key, algorithm: alg } : key;
}

function sign(signed: string, key: IssuerKey, signature: string | IssuerKey): string {
  switch (signature) {
    case 'valid':
      return signText(signed, key.algorithm, key.privateKey);
    case 'of the unchanged token':
      return goodTokens.get(key.kid)!.split('.')[2]!;
    case 'HS256 with the public key':
      return signText(
        signed,
        'HS256',
        createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' }) as string,
      );
    default: {
      const other = signature as IssuerKey;
      return signText(signed, other.algorithm, other.privateKey);
    }
  }
}

it(
  'rejects every mutated token that jose rejects',
  async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(mutatedToken, async (token) => {
        const user = await verify(token);
        accepted += user ? 1 : 0;
        // A token that is rejected here cannot violate the property.
        expect(user && (await verifyWithJose(token))?.sub).toBe(user?.id);
      }),
      { numRuns: RUNS },
    );
    // Otherwise the comparison would be empty.
    expect(accepted).toBeGreaterThan(RUNS / 50);
    expect(accepted).toBeLessThan(RUNS / 2);
  },
  20_000 + RUNS * 5,
);

import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

const MIN_RSA_BITS = 2_048;
const MIN_RSA_EXPONENT = 3n;
const ES256_SIGNATURE_BYTES = 64;

export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A JWK as published by an issuer (RFC 7517). Only `kid` has been checked; other members may have any value. */
export interface PublishedJwk extends JsonWebKey {
  kid: string;
  alg?: string;
  use?: string;
  key_ops?: unknown;
}

/** A parsed public key of the issuer, bound to the one algorithm that it may verify. */
export interface TrustedKey {
  key: KeyObject;
  algorithm: Algorithm;
}

/**
 * Returns the algorithms that a published key may verify, according to its `kty` and `crv` and, where present, its
 * `alg`, `use` and `key_ops`. A token's own `alg` can only select one of them. Returns none if the JWK contains its
 * private key.
 */
export function getAlgorithms(jwk: PublishedJwk): Algorithm[] {
  const { alg, use, key_ops: operations } = jwk;
  const canVerify =
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')));
  return canVerify && jwk.d === undefined
    ? getAlgorithmsOfType(jwk).filter((algorithm) => alg === undefined || alg === algorithm)
    : [];
}

function getAlgorithmsOfType({ kty, crv }: PublishedJwk): Algorithm[] {
  switch (kty) {
    case 'RSA':
      return ['RS256', 'PS256'];
    case 'EC':
      return crv === 'P-256' ? ['ES256'] : [];
    case 'OKP':
      return crv === 'Ed25519' ? ['EdDSA'] : [];
    default:
      return [];
  }
}

/**
 * Parses a public key, so that verifying a token does not have to.
 * @returns undefined for a weak RSA key: shorter than 2,048 bits, or with the exponent 1
 */
export function parseKey(pem: string): KeyObject | undefined {
  const key = createPublicKey(pem);
  const { modulusLength = MIN_RSA_BITS, publicExponent = MIN_RSA_EXPONENT } = key.asymmetricKeyDetails ?? {};
  return modulusLength < MIN_RSA_BITS || publicExponent < MIN_RSA_EXPONENT ? undefined : key;
}

/** Returns whether `signature` is the key's signature of `data` (RFC 7518, section 3; RFC 8037 for EdDSA). */
export function isValidSignature({ key, algorithm }: TrustedKey, data: Buffer, signature: Buffer): boolean {
  switch (algorithm) {
    case 'RS256':
      return verify('RSA-SHA256', data, key, signature);
    case 'PS256':
      return verify(
        'RSA-SHA256',
        data,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
        signature,
      );
    case 'ES256':
      return (
        signature.length === ES256_SIGNATURE_BYTES &&
        verify('SHA256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
      );
    case 'EdDSA':
      return verify(null, data, key, signature);
  }
}

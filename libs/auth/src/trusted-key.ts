import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

const MIN_RSA_BITS = 2_048;
const MIN_RSA_EXPONENT = 3n;
const ES256_SIGNATURE_BYTES = 64;

export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A JWK as an issuer publishes it (RFC 7517): any member can be anything. */
export interface PublishedJwk extends JsonWebKey {
  kid: string;
  alg?: string;
  use?: string;
  key_ops?: unknown;
}

/** A public key of the issuer, parsed once, and the algorithms that its JWK lets it verify. */
export interface TrustedKey {
  key: KeyObject;
  algorithms: readonly Algorithm[];
}

/**
 * What a published key may verify: `kty`, `crv`, and where present `alg`, `use` and `key_ops` decide. A token's own
 * `alg` chooses among these and can add nothing. None for a key whose private half was published with it.
 */
export function algorithmsOf(jwk: PublishedJwk): Algorithm[] {
  const { alg, use, key_ops: operations } = jwk;
  const isForSignatures =
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')));
  return isForSignatures && jwk.d === undefined
    ? algorithmsOfType(jwk).filter((algorithm) => alg === undefined || alg === algorithm)
    : [];
}

function algorithmsOfType({ kty, crv }: PublishedJwk): Algorithm[] {
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

/** The key, parsed once, or undefined where it is too weak to be one: RSA under 2048 bits, or with an exponent of 1. */
export function parseKey(pem: string): KeyObject | undefined {
  const key = createPublicKey(pem);
  const { modulusLength = MIN_RSA_BITS, publicExponent = MIN_RSA_EXPONENT } = key.asymmetricKeyDetails ?? {};
  return modulusLength < MIN_RSA_BITS || publicExponent < MIN_RSA_EXPONENT ? undefined : key;
}

/** Whether the signature of a JWS is that of `key` (RFC 7518, section 3; RFC 8037 for EdDSA). */
export function isSigned(algorithm: Algorithm, key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  switch (algorithm) {
    case 'RS256':
      return verify('RSA-SHA256', signed, key, signature);
    case 'PS256':
      return verify(
        'RSA-SHA256',
        signed,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
        signature,
      );
    case 'ES256':
      return (
        signature.length === ES256_SIGNATURE_BYTES &&
        verify('SHA256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
      );
    case 'EdDSA':
      return verify(null, signed, key, signature);
  }
}

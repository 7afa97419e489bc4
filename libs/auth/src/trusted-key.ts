import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

const MIN_RSA_BITS = 2_048;
const ES256_SIGNATURE_BYTES = 64;

export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A JWK as an issuer publishes it (RFC 7517). */
export interface PublishedJwk extends JsonWebKey {
  kid?: unknown;
  alg?: string;
  use?: string;
  key_ops?: unknown;
}

/** A public key of the issuer, parsed once, and the algorithms that its JWK lets it verify. */
export interface TrustedKey {
  key: KeyObject;
  algorithms: readonly Algorithm[];
}

/** The algorithms that fit the type and curve of a key, whatever its JWK says. */
function algorithmsOf({ kty, crv }: PublishedJwk): Algorithm[] {
  switch (`${kty} ${crv ?? ''}`.trim()) {
    case 'RSA':
      return ['RS256', 'PS256'];
    case 'EC P-256':
      return ['ES256'];
    case 'OKP Ed25519':
      return ['EdDSA'];
    default:
      return [];
  }
}

/**
 * What a published key may verify: `kty`, `crv`, and where present `alg`, `use` and `key_ops` decide. A token's own
 * `alg` chooses among these and can add nothing.
 * @returns undefined for a key that is not for verifying signatures, or too weak (RSA under 2048 bits).
 */
export function trustKey(jwk: PublishedJwk, pem: string): TrustedKey | undefined {
  const algorithms = algorithmsOf(jwk).filter((algorithm) => jwk.alg === undefined || jwk.alg === algorithm);
  const forSignatures = jwk.use === undefined || jwk.use === 'sig';
  const mayVerify =
    jwk.key_ops === undefined || (Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'));
  if (algorithms.length === 0 || !forSignatures || !mayVerify) {
    return undefined;
  }
  const key = createPublicKey(pem);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS;
  return bits < MIN_RSA_BITS ? undefined : { key, algorithms };
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

import type { Claims } from './claims.js';
import { InvalidTokenError } from './errors.js';
import { decodePart, type ParsedToken } from './token.js';
import { isValidSignature, type TrustedKey } from './trusted-key.js';

/**
 * Returns the claims of a token if one of the keys has signed it.
 * @throws InvalidTokenError
 */
export function verifySignature(
  { algorithm, signedData, signature, payload }: ParsedToken,
  keys: readonly TrustedKey[],
): Claims {
  const candidates = keys.filter((key) => key.algorithm === algorithm);
  if (candidates.length === 0) {
    throw new InvalidTokenError('key_mismatch', 'The key named by the token does not support its algorithm.');
  }
  if (!candidates.some((key) => isValidSignature(key, signedData, signature))) {
    throw new InvalidTokenError('signature', 'The signature of the token is invalid.');
  }
  return decodePart(payload);
}

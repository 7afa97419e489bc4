import type { Claims } from './claims.js';
import { InvalidTokenError } from './errors.js';
import { decodePart, type ParsedToken } from './token.js';
import { isSigned, type TrustedKey } from './trusted-key.js';

/**
 * The claims of a token that one of these keys has signed.
 * @throws InvalidTokenError
 */
export function signedClaims(
  { algorithm, signed, signature, payload }: ParsedToken,
  keys: readonly TrustedKey[],
): Claims {
  const fitting = keys.filter(({ algorithms }) => algorithms.includes(algorithm));
  if (fitting.length === 0) {
    throw new InvalidTokenError('unfit_key', 'The key that the token names is not for this algorithm.');
  }
  if (!fitting.some(({ key }) => isSigned(algorithm, key, signed, signature))) {
    throw new InvalidTokenError('signature', 'The signature does not verify.');
  }
  return decodePart(payload);
}

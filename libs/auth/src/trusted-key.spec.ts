import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { getAlgorithms, parseKey, type PublishedJwk } from './trusted-key.js';

describe('getAlgorithms', () => {
  it.each<[Partial<PublishedJwk>, string[]]>([
    [{ kty: 'RSA' }, ['RS256', 'PS256']],
    [{ kty: 'RSA', alg: 'RS256' }, ['RS256']],
    [{ kty: 'RSA', alg: 'PS256', use: 'sig', key_ops: ['verify'] }, ['PS256']],
    [{ kty: 'RSA', alg: 'RS512' }, []],
    [{ kty: 'RSA', alg: 'ES256' }, []],
    [{ kty: 'RSA', alg: 'HS256' }, []],
    [{ kty: 'RSA', alg: 'none' }, []],
    [{ kty: 'RSA', alg: null as never }, []],
    [{ kty: 'RSA', use: 'enc' }, []],
    [{ kty: 'RSA', key_ops: [] }, []],
    [{ kty: 'RSA', key_ops: ['sign'] }, []],
    [{ kty: 'RSA', key_ops: 'verify' }, []],
    [{ kty: 'RSA', d: 'AQAB' }, []],
    [{ kty: 'EC', crv: 'P-256' }, ['ES256']],
    [{ kty: 'EC', crv: 'P-384' }, []],
    [{ kty: 'EC', crv: 'secp256k1' }, []],
    [{ kty: 'EC' }, []],
    [{ kty: 'OKP', crv: 'Ed25519' }, ['EdDSA']],
    [{ kty: 'OKP', crv: 'Ed448' }, []],
    [{ kty: 'OKP', crv: 'X25519' }, []],
    [{ kty: 'oct' }, []],
    [{ kty: 'rsa' }, []],
    [{}, []],
  ])('%j: %j', (jwk, algorithms) => {
    expect(getAlgorithms({ kid: 'a', ...jwk })).toEqual(algorithms);
  });
});

describe('parseKey', () => {
  const pemOf = (modulusLength: number, publicExponent = 0x10001) =>
    generateKeyPairSync('rsa', {
      modulusLength,
      publicExponent,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).publicKey;

  it('accepts an RSA key of 2,048 bits and rejects a shorter one', () => {
    expect(parseKey(pemOf(2048))?.asymmetricKeyType).toBe('rsa');
    expect(parseKey(pemOf(2040))).toBeUndefined();
  });
});

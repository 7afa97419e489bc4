import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createPublicKey } from 'node:crypto';
import { createKey, signToken } from '../../../tools/test/issuer.js';
import { KeysUnavailableError } from './errors.js';
import { KeyStore } from './key-store.js';
import { TokenVerifier } from './token-verifier.js';

const options = {
  issuer: 'https://issuer.test',
  audience: 'https://api.test',
  jwksUrl: 'https://issuer.test/jwks?code=secret',
};
const user = {
  id: 'ada',
  ownerId: 'ada',
  email: null,
  emailVerified: false,
  name: null,
  roles: [],
  scopes: null,
  claims: expect.objectContaining({ sub: 'ada' }),
};
const key = createKey('ES256', 'key');
const trusted = [{ key: createPublicKey(key.privateKey), algorithm: key.algorithm }];

let keyStore: jest.Mocked<KeyStore>;
let verifier: TokenVerifier;

beforeEach(() => {
  const store = new KeyStore(options.jwksUrl);
  keyStore = jest.mocked(store);
  jest.spyOn(store, 'get').mockReturnValue(undefined);
  jest.spyOn(store, 'waitFor').mockResolvedValue(trusted);
  jest.spyOn(store, 'markStale').mockReturnValue();
  verifier = new TokenVerifier(options, store);
});
afterEach(() => {
  jest.restoreAllMocks();
});

function sign(claims: Record<string, unknown> = {}, signer = key): string {
  const exp = Math.floor(Date.now() / 1000) + 900;
  const payload = { iss: options.issuer, aud: options.audience, sub: 'ada', exp, ...claims };
  return signToken({ alg: 'ES256', kid: 'key' }, payload, signer);
}

it('returns the user synchronously if the key is cached', () => {
  keyStore.get.mockReturnValue(trusted);
  expect(verifier.verify(sign())).toEqual(user);
  expect(keyStore.waitFor).not.toHaveBeenCalled();
});

it('returns a promise if the key must be fetched', async () => {
  const verified = verifier.verify(sign());
  expect(verified).toBeInstanceOf(Promise);
  expect(await verified).toEqual(user);
  expect(keyStore.waitFor).toHaveBeenCalledWith('key');
});

it('rejects a token with invalid claims without fetching its key', () => {
  expect(() => verifier.verify(sign({ exp: 1 }))).toThrow('expired');
  expect(keyStore.waitFor).not.toHaveBeenCalled();
});

it('verifies the signature with a fetched key, too', async () => {
  await expect(verifier.verify(sign({}, createKey('ES256')))).rejects.toThrow('signature');
});

it('marks the keys as stale if a cached key does not verify a token', () => {
  keyStore.get.mockReturnValue(trusted);
  expect(() => verifier.verify(sign({}, createKey('ES256')))).toThrow('signature');
  expect(keyStore.markStale).toHaveBeenCalledTimes(1);
  expect(() => verifier.verify(sign({ exp: 1 }))).toThrow('expired');
  expect(keyStore.markStale).toHaveBeenCalledTimes(1);
});

it('passes on that the keys are unavailable', async () => {
  keyStore.waitFor.mockRejectedValue(new KeysUnavailableError(5));
  await expect(verifier.verify(sign())).rejects.toMatchObject({ retryAfterSeconds: 5 });
});

it('logs the trusted issuer without the query of the JWKS URL', () => {
  const log = jest.spyOn(Logger.prototype, 'log').mockReturnValue();
  verifier.onModuleInit();
  expect(log).toHaveBeenCalledWith(
    'Accepting tokens issued by https://issuer.test for https://api.test, verified with the keys at https://issuer.test/jwks',
  );
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey, type Issuer, type IssuerKey, startIssuer } from '../../../tools/test/issuer.js';
import { KeyStore } from '../src/key-store.js';

Logger.overrideLogger(false);

let issuer: Issuer;
let store: KeyStore;

/** Fakes the timers of the store; the issuer and the network use real time. */
beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  issuer = await startIssuer();
  store = new KeyStore(issuer.jwksUrl);
});

afterEach(async () => {
  store.onApplicationShutdown();
  jest.useRealTimers();
  await issuer.close();
});

async function untilRequests(count: number): Promise<void> {
  const end = performance.now() + 10_000;
  while (issuer.requests < count && performance.now() < end) {
    await sleep(5);
  }
  expect(issuer.requests).toBe(count);
}

/** Waits until the response of the last request has been processed, too. */
async function untilFetched(count: number): Promise<void> {
  await untilRequests(count);
  await (store as unknown as { fetching?: Promise<void> }).fetching?.catch(() => {});
}

async function started(): Promise<void> {
  store.onModuleInit();
  await untilFetched(1);
}

describe('the keys are refreshed in the background', () => {
  it.each([
    ['after the max-age of Cache-Control', 'private, max-age=600', 600],
    ['after five minutes without Cache-Control', '', 300],
    ['after a minute at the earliest', 'max-age=1', 60],
    ['after a minute with no-store', 'no-store', 60],
    ['after an hour at the latest', 'max-age=31536000', 3_600],
  ])('%s', async (_, cacheControl, seconds) => {
    issuer.cacheControl = cacheControl;
    await started();
    jest.advanceTimersByTime((seconds - 1) * 1_000);
    await sleep(30);
    expect(issuer.requests).toBe(1);
    jest.advanceTimersByTime(1_000);
    await untilFetched(2);
  });

  it('without any request, so that a revoked key is removed', async () => {
    await started();
    const { kid } = issuer.keys[0]!;
    expect(store.get(kid)).toHaveLength(1);
    issuer.rotate({ revoke: true });
    jest.advanceTimersByTime(300_000);
    await untilFetched(2);
    expect(store.get(kid)).toBeUndefined();
  });

  it('30 seconds after a failure, while the old keys stay in use', async () => {
    await started();
    const { kid } = issuer.keys[0]!;
    for (const [count, behaviour] of (
      ['error', 'empty', 'garbage', 'no set', 'redirect'] as const
    ).entries()) {
      issuer.behave(behaviour);
      jest.advanceTimersByTime(count === 0 ? 300_000 : 30_000);
      await untilFetched(count + 2);
      expect(store.get(kid)).toHaveLength(1);
    }
    issuer.behave('normal');
    jest.advanceTimersByTime(30_000);
    await untilFetched(7);
  });

  it('until the app stops', async () => {
    await started();
    store.onApplicationShutdown();
    jest.advanceTimersByTime(3_600_000);
    await sleep(30);
    expect(issuer.requests).toBe(1);
  });
});

it('asks HTTP caches to revalidate', async () => {
  await started();
  expect(issuer.lastCacheControl).toBe('no-cache');
});

it('does not reject an unknown key on the basis of a cached response', async () => {
  issuer.age = 20;
  await started();
  await expect(store.waitFor('unknown')).rejects.toThrow('Try again');
  expect(issuer.requests).toBe(2);
  issuer.age = 0;
  await expect(store.waitFor('unknown')).rejects.toThrow('unknown_key');
  const { kid } = issuer.rotate();
  issuer.age = 20;
  expect(await store.waitFor(kid)).toHaveLength(1);
});

it('refreshes stale keys at most once a minute, also during an outage', async () => {
  await started();
  store.markStale();
  jest.advanceTimersByTime(60_000);
  await sleep(30);
  expect(issuer.requests).toBe(1);
  jest.advanceTimersByTime(1);
  issuer.behave('error');
  store.markStale();
  store.markStale();
  await untilFetched(2);
  store.markStale();
  await sleep(30);
  expect(issuer.requests).toBe(2);
});

it('starts another fetch for a token that arrived during one', async () => {
  await started();
  issuer.behave('hang');
  const early = store.waitFor('early').catch((error: Error) => error);
  await untilRequests(2);
  jest.advanceTimersByTime(1_000);
  const late = store.waitFor('late').catch((error: Error) => error);
  jest.advanceTimersByTime(4_000);
  expect(await early).toMatchObject({ retryAfterSeconds: expect.any(Number) });
  expect(await late).toMatchObject({ retryAfterSeconds: expect.any(Number) });
});

it('cancels a fetch after five seconds', async () => {
  await started();
  issuer.behave('stall');
  const outcome = store.waitFor('unknown').catch((error: Error) => error);
  await untilRequests(2);
  jest.advanceTimersByTime(5_000);
  expect(await outcome).toMatchObject({ message: expect.stringContaining('Try again') });
});

it('does not wait for the token bucket after a fetch without new keys', async () => {
  await started();
  for (let count = 0; count < 4; count++) {
    await expect(store.waitFor(`unknown-${count}`)).rejects.toThrow('unknown_key');
  }
  // The timers are fake, so waiting would never end.
  await expect(store.waitFor('unknown-4')).rejects.toThrow('Try again');
  expect(issuer.requests).toBe(5);
});

it('rejects a token within 9.5 seconds, even after waiting for two slow fetches', async () => {
  await started();
  issuer.behave('hold');
  const early = store.waitFor('early').catch((error: Error) => error.message);
  await untilRequests(2);
  const late = store.waitFor('late').catch((error: Error) => error.message);
  jest.advanceTimersByTime(4_900);
  issuer.behave('normal');
  issuer.behave('hold');
  expect(await early).toBe('unknown_key');
  await untilRequests(3);
  jest.advanceTimersByTime(4_600);
  expect(await late).toContain('Try again');
});

describe('a useless JWKS', () => {
  const weak = () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    return { ...createKey(), jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'weak' } };
  };

  it.each<[string, () => IssuerKey[]]>([
    ['over 1 MB', () => [{ ...createKey(), jwk: { ...createKey().jwk, padding: 'a'.repeat(1_000_000) } }]],
    ['with weak keys only', () => [weak()]],
    ['with over 100 keys', () => Array.from({ length: 101 }, () => createKey('EdDSA'))],
    ['with invalid kids only', () => [{ ...createKey(), jwk: { ...createKey().jwk, kid: 'a\n'.repeat(3) } }]],
    ['without kids', () => [{ ...createKey(), jwk: { ...createKey().jwk, kid: undefined } }]],
    ['without valid JWKs', () => [null, 7, 'key', []].map((jwk) => ({ ...createKey(), jwk: jwk as never }))],
  ])('%s does not remove the cached keys', async (_, keys) => {
    await started();
    const { kid } = issuer.keys[0]!;
    issuer.keys = keys();
    jest.advanceTimersByTime(300_000);
    await untilFetched(2);
    expect(store.get(kid)).toHaveLength(1);
  });
});

it('accepts a JWKS of nearly 1 MB that also has invalid entries', async () => {
  const good = issuer.keys[0]!;
  const large = createKey();
  issuer.keys = [
    { ...large, jwk: { ...large.jwk, padding: 'a'.repeat(990_000) } },
    ...[null, 7, 'key', {}].map((jwk) => ({ ...good, jwk: jwk as never })),
    good,
  ];
  await started();
  expect(store.get(good.kid)).toHaveLength(1);
  expect(store.get(large.kid)).toHaveLength(1);
});

it('accepts 100 keys', async () => {
  issuer.keys = Array.from({ length: 100 }, () => createKey('EdDSA'));
  await started();
  expect(issuer.keys.every(({ kid }) => store.get(kid)?.length === 1)).toBe(true);
});

it('ignores a key that cannot be parsed and keeps the others', async () => {
  const good = issuer.keys[0]!;
  const broken = createKey();
  issuer.keys = [{ ...broken, jwk: { ...broken.jwk, n: 'AQAB' } }, good];
  await started();
  expect(store.get(good.kid)).toHaveLength(1);
  expect(store.get(broken.kid)).toEqual([]);
});

it.each<[string, Record<string, unknown>, string[]]>([
  ['with alg', {}, ['RS256']],
  ['without alg', { alg: undefined }, ['RS256', 'PS256']],
  ['with use "enc"', { use: 'enc' }, []],
])('binds an RSA key %s to the algorithms that it may verify', async (_, change, algorithms) => {
  const [key] = issuer.keys as [IssuerKey];
  issuer.keys = [createKey(), { ...key, jwk: { ...key.jwk, ...change } }];
  await started();
  expect(store.get(key.kid)?.map(({ algorithm }) => algorithm)).toEqual(algorithms);
});

it.each(['https://user:password@issuer.test/jwks', 'not a URL'])('rejects the JWKS URL %s', (url) => {
  expect(() => new KeyStore(url)).toThrow(/user name|Invalid URL/);
});

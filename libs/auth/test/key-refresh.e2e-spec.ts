import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey, type Issuer, type IssuerKey, startIssuer } from '../../../tools/test/issuer.js';
import { KeyStore } from '../src/key-store.js';

Logger.overrideLogger(false);

let issuer: Issuer;
let store: KeyStore;

/** The clock of the store is ours; the issuer and the network go by the real one. */
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
  const end = Date.now() + 10_000;
  while (issuer.requests < count && Date.now() < end) {
    await sleep(5);
  }
  expect(issuer.requests).toBe(count);
}

/** Until the answer of the last of so many requests has been read, too. */
async function untilFetched(count: number): Promise<void> {
  await untilRequests(count);
  await (store as unknown as { fetching?: Promise<void> }).fetching?.catch(() => {});
}

async function started(): Promise<void> {
  store.onModuleInit();
  await untilFetched(1);
}

describe('a copy of the keys is refreshed in the background', () => {
  it.each([
    ['when Cache-Control says', 'private, max-age=600', 600],
    ['after five minutes where it says nothing', '', 300],
    ['after a minute at the earliest', 'max-age=1', 60],
    ['after a minute where it must not be kept', 'no-store', 60],
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

  it('without anyone asking, so that a revoked key is dropped', async () => {
    await started();
    const { kid } = issuer.keys[0]!;
    expect(store.known(kid)).toHaveLength(1);
    issuer.rotate({ revoke: true });
    jest.advanceTimersByTime(300_000);
    await untilFetched(2);
    expect(store.known(kid)).toBeUndefined();
  });

  it('again half a minute after a failure, with the old copy in use meanwhile', async () => {
    await started();
    const { kid } = issuer.keys[0]!;
    for (const [count, behaviour] of (
      ['error', 'empty', 'garbage', 'no set', 'redirect'] as const
    ).entries()) {
      issuer.behave(behaviour);
      jest.advanceTimersByTime(count === 0 ? 300_000 : 30_000);
      await untilFetched(count + 2);
      expect(store.known(kid)).toHaveLength(1);
    }
    issuer.behave('normal');
    jest.advanceTimersByTime(30_000);
    await untilFetched(7);
  });

  it('no more once the app has stopped', async () => {
    await started();
    store.onApplicationShutdown();
    jest.advanceTimersByTime(3_600_000);
    await sleep(30);
    expect(issuer.requests).toBe(1);
  });
});

it('asks every cache on the way for a new copy, always', async () => {
  await started();
  expect(issuer.lastCacheControl).toBe('no-cache');
});

it('takes no old copy of a cache for a proof that a key is not in use', async () => {
  issuer.age = 20;
  await started();
  await expect(store.find('unknown')).rejects.toThrow('Try again');
  expect(issuer.requests).toBe(2);
  issuer.age = 0;
  await expect(store.find('unknown')).rejects.toThrow('unknown_key');
  const { kid } = issuer.rotate();
  issuer.age = 20;
  expect(await store.find(kid)).toHaveLength(1);
});

it('looks for another key of the same name where one does not verify, once a minute, also in an outage', async () => {
  await started();
  store.doubt();
  jest.advanceTimersByTime(60_000);
  await sleep(30);
  expect(issuer.requests).toBe(1);
  jest.advanceTimersByTime(1);
  issuer.behave('error');
  store.doubt();
  store.doubt();
  await untilFetched(2);
  store.doubt();
  await sleep(30);
  expect(issuer.requests).toBe(2);
});

it('waits out a fetch that began before the token came, and asks again', async () => {
  await started();
  issuer.behave('hang');
  const early = store.find('early').catch((error: Error) => error);
  await untilRequests(2);
  jest.advanceTimersByTime(1_000);
  const late = store.find('late').catch((error: Error) => error);
  jest.advanceTimersByTime(4_000);
  expect(await early).toMatchObject({ retryAfterSeconds: expect.any(Number) });
  expect(await late).toMatchObject({ retryAfterSeconds: expect.any(Number) });
});

it('gives up on a fetch after five seconds, and on a token within ten', async () => {
  await started();
  issuer.behave('stall');
  const answer = store.find('unknown').catch((error: Error) => error);
  await untilRequests(2);
  jest.advanceTimersByTime(5_000);
  expect(await answer).toMatchObject({ message: expect.stringContaining('Try again') });
});

it('has nobody wait for a turn once a fetch has found nothing new', async () => {
  await started();
  for (let count = 0; count < 4; count++) {
    await expect(store.find(`unknown-${count}`)).rejects.toThrow('unknown_key');
  }
  // No timer runs: who waited would wait forever.
  await expect(store.find('one too many')).rejects.toThrow('Try again');
  expect(issuer.requests).toBe(5);
});

it('answers a token within 9.5 seconds, also where it had to wait for two slow fetches', async () => {
  await started();
  issuer.behave('hold');
  const early = store.find('early').catch((error: Error) => error.message);
  await untilRequests(2);
  const late = store.find('late').catch((error: Error) => error.message);
  jest.advanceTimersByTime(4_900);
  issuer.behave('normal');
  issuer.behave('hold');
  expect(await early).toBe('unknown_key');
  await untilRequests(3);
  jest.advanceTimersByTime(4_600);
  expect(await late).toContain('Try again');
});

describe('a set that is no better than none', () => {
  const weak = () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    return { ...createKey(), jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'weak' } };
  };

  it.each<[string, () => IssuerKey[]]>([
    ['of over 1 MB', () => [{ ...createKey(), jwk: { ...createKey().jwk, padding: 'a'.repeat(1_000_000) } }]],
    ['of weak keys', () => [weak()]],
    ['of over 100 keys', () => Array.from({ length: 101 }, () => createKey('EdDSA'))],
    [
      'of keys that no token can name',
      () => [{ ...createKey(), jwk: { ...createKey().jwk, kid: 'a\n'.repeat(3) } }],
    ],
    ['of keys without a kid', () => [{ ...createKey(), jwk: { ...createKey().jwk, kid: undefined } }]],
    [
      'of things that are no keys',
      () => [null, 7, 'key', []].map((jwk) => ({ ...createKey(), jwk: jwk as never })),
    ],
  ])('%s retires no key', async (_, keys) => {
    await started();
    const { kid } = issuer.keys[0]!;
    issuer.keys = keys();
    jest.advanceTimersByTime(300_000);
    await untilFetched(2);
    expect(store.known(kid)).toHaveLength(1);
  });
});

it('takes a set of nearly 1 MB, and keys among things that are none', async () => {
  const good = issuer.keys[0]!;
  const large = createKey();
  issuer.keys = [
    { ...large, jwk: { ...large.jwk, padding: 'a'.repeat(990_000) } },
    ...[null, 7, 'key', {}].map((jwk) => ({ ...good, jwk: jwk as never })),
    good,
  ];
  await started();
  expect(store.known(good.kid)).toHaveLength(1);
  expect(store.known(large.kid)).toHaveLength(1);
});

it('takes 100 keys', async () => {
  issuer.keys = Array.from({ length: 100 }, () => createKey('EdDSA'));
  await started();
  expect(issuer.keys.every(({ kid }) => store.known(kid)?.length === 1)).toBe(true);
});

it('drops a key that it cannot parse, and keeps the others', async () => {
  const good = issuer.keys[0]!;
  const broken = createKey();
  issuer.keys = [{ ...broken, jwk: { ...broken.jwk, n: 'AQAB' } }, good];
  await started();
  expect(store.known(good.kid)).toHaveLength(1);
  expect(store.known(broken.kid)).toEqual([]);
});

it.each(['https://user:password@issuer.test/jwks', 'no address'])(
  'refuses %s as the address of keys',
  (address) => {
    expect(() => new KeyStore(address)).toThrow(/user name|Invalid URL/);
  },
);

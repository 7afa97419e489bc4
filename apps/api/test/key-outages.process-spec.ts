import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Behaviour, createKey, type Issuer, startIssuer } from '../../../tools/test/issuer.js';
import { AUDIENCE, type RunningApi, startApi } from './running-api.js';

const open: RunningApi[] = [];

async function start(issuer: Issuer, overrides: Record<string, string> = {}): Promise<RunningApi> {
  const api = await startApi(overrides, issuer);
  open.push(api);
  return api;
}

afterAll(() => Promise.all(open.map((api) => api.close())));

const me = (api: RunningApi, token?: string) =>
  fetch(`${api.url}/api/me`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
const tokenOf = (issuer: Issuer, key = issuer.keys[0]!) =>
  issuer.sign({ sub: 'ada', aud: AUDIENCE }, { key });

const OUTAGES: (Behaviour | 'connection refused' | 'no such host')[] = [
  'hang',
  'stall',
  'endless',
  'error',
  'garbage',
  'empty',
  'no set',
  'redirect',
  'connection refused',
  'no such host',
];

/** Unreachable JWKS URLs. */
const UNREACHABLE_URLS: Record<string, string> = {
  'connection refused': 'http://127.0.0.1:1/jwks',
  'no such host': 'http://issuer.invalid/jwks',
};

describe('if the keys have never been fetched', () => {
  const results = new Map<string, { status: number; retryAfter: string | null; seconds: number }>();
  const apis = new Map<string, RunningApi>();

  beforeAll(async () => {
    for (const outage of OUTAGES) {
      const issuer = await startIssuer();
      issuer.behave(outage in UNREACHABLE_URLS ? 'normal' : (outage as Behaviour));
      apis.set(
        outage,
        await start(issuer, outage in UNREACHABLE_URLS ? { JWKS_URL: UNREACHABLE_URLS[outage]! } : {}),
      );
    }
    await Promise.all(
      [...apis].map(async ([outage, api]) => {
        const startedAt = performance.now();
        const { status, headers } = await me(api, await tokenOf(api.issuer));
        results.set(outage, {
          status,
          retryAfter: headers.get('retry-after'),
          seconds: (performance.now() - startedAt) / 1000,
        });
      }),
    );
  }, 60_000);

  it.each(OUTAGES)('%s: responds with 503 and Retry-After', (outage) => {
    const { status, retryAfter, seconds } = results.get(outage)!;
    expect(status).toBe(503);
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(10);
  });

  it.each(OUTAGES)(
    '%s: responds with 401 to a missing or malformed token, and stays ready',
    async (outage) => {
      const api = apis.get(outage)!;
      expect((await me(api)).status).toBe(401);
      expect((await me(api, 'x.y.z')).status).toBe(401);
      expect((await fetch(`${api.url}/health/ready`)).status).toBe(200);
    },
  );

  it('accepts tokens again once the issuer is up', async () => {
    const api = apis.get('error')!;
    api.issuer.behave('normal');
    expect((await me(api, await tokenOf(api.issuer))).status).toBe(200);
  });
});

it.each<Behaviour>(['error', 'empty', 'garbage'])(
  'keeps its keys during the outage "%s", and returns 503 for an unknown key',
  async (behaviour) => {
    const issuer = await startIssuer();
    const api = await start(issuer);
    const token = await tokenOf(issuer);
    expect((await me(api, token)).status).toBe(200);
    issuer.behave(behaviour);
    expect((await me(api, await tokenOf(issuer, createKey()))).status).toBe(503);
    expect((await me(api, token)).status).toBe(200);
  },
);

it('shares one fetch between waiting requests', async () => {
  const issuer = await startIssuer();
  const api = await start(issuer);
  expect((await me(api, await tokenOf(issuer))).status).toBe(200);
  const before = issuer.requests;
  const token = await tokenOf(issuer, issuer.rotate());
  const responses = await Promise.all(Array.from({ length: 50 }, () => me(api, token)));
  expect(responses.every(({ status }) => status === 200)).toBe(true);
  // A fetch that started before the last request arrived does not count for that request.
  expect(issuer.requests - before).toBeLessThanOrEqual(2);
  expect(issuer.lastCacheControl).toBe('no-cache');
});

it('rejects a revoked key after the next successful fetch', async () => {
  const issuer = await startIssuer();
  const api = await start(issuer);
  const old = await tokenOf(issuer);
  expect((await me(api, old)).status).toBe(200);
  const fresh = await tokenOf(issuer, issuer.rotate({ revoke: true }));
  expect((await me(api, fresh)).status).toBe(200);
  expect((await me(api, old)).status).toBe(401);
});

it('limits fetches during a flood of unknown keys, and keeps accepting known keys', async () => {
  const issuer = await startIssuer();
  const api = await start(issuer);
  const known = await tokenOf(issuer);
  expect((await me(api, known)).status).toBe(200);
  const unpublished = createKey();
  const before = issuer.requests;
  const startedAt = performance.now();
  const flooding = new AbortController();
  const flood = Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      const seen = new Set<number>();
      for (let count = 0; !flooding.signal.aborted; count++) {
        const key = { ...unpublished, kid: `unknown-${client}-${count}` };
        seen.add((await me(api, await tokenOf(issuer, key))).status);
      }
      return [...seen];
    }),
  );
  await sleep(1_000);
  const fresh = await tokenOf(issuer, issuer.rotate());
  let status = 0;
  const rotatedAt = performance.now();
  while (status !== 200) {
    expect(performance.now() - rotatedAt).toBeLessThan(10_000);
    ({ status } = await me(api, fresh));
    expect([200, 503]).toContain(status);
    const knownResponse = await me(api, known);
    expect(knownResponse.status).toBe(200);
    await sleep(100);
  }
  flooding.abort();
  expect((await flood).flat().every((seen) => seen === 401 || seen === 503)).toBe(true);
  expect(issuer.requests - before).toBeLessThanOrEqual(
    5 + Math.ceil((performance.now() - startedAt) / 5_000),
  );
});

it('rejects no valid token while the keys rotate six times', async () => {
  const issuer = await startIssuer();
  const api = await start(issuer);
  const rotating = new AbortController();
  const statuses: number[] = [];
  const clients = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!rotating.signal.aborted) {
        statuses.push((await me(api, await tokenOf(issuer))).status);
      }
    }),
  );
  const eachClientResponded = async () => {
    const end = statuses.length + 2 * 8;
    while (statuses.length < end) {
      await sleep(20);
    }
  };
  for (let rotation = 0; rotation < 6; rotation++) {
    await Promise.all([sleep(500), eachClientResponded()]);
    issuer.rotate();
  }
  await eachClientResponded();
  rotating.abort();
  await clients;
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { register } from 'prom-client';
import { createKey, type Issuer, startIssuer } from '../../../tools/test/issuer.js';
import { JwtStrategy } from '../src/index.js';
import { AUDIENCE, type Sample, sampleModule, startSample } from './sample-app.js';

let issuer: Issuer;
let sample: Sample;

beforeAll(async () => {
  issuer = await startIssuer();
  sample = await startSample(issuer);
});

afterAll(async () => {
  await sample.app.close();
  await issuer.close();
});

const token = (claims: Record<string, unknown> = {}) => issuer.sign({ sub: 'ada', aud: AUDIENCE, ...claims });
const withRoles = (...roles: string[]) => token({ realm_access: { roles } });

it('protects every route that is not public', async () => {
  expect((await sample.get('/me')).status).toBe(401);
  expect((await sample.get('/open')).status).toBe(200);
  expect((await sample.get('/open/all')).status).toBe(200);
  expect((await sample.get('/closed/open')).status).toBe(200);
});

it('protects a route with roles in a public controller', async () => {
  expect((await sample.get('/open/admin')).status).toBe(401);
  expect((await sample.get('/open/admin', await withRoles('member'))).status).toBe(403);
  expect((await sample.get('/open/admin', await withRoles('admin'))).status).toBe(200);
});

it('passes the user to the handler, with null for missing claims', async () => {
  const full = await token({
    email: 'ada@example.com',
    email_verified: true,
    name: 'Ada',
    realm_access: { roles: ['admin', 7] },
  });
  expect(await (await sample.get('/me', full)).json()).toEqual({
    id: 'ada',
    ownerId: 'ada',
    email: 'ada@example.com',
    emailVerified: true,
    name: 'Ada',
    roles: ['admin'],
    scopes: null,
    claims: expect.objectContaining({ sub: 'ada', realm_access: { roles: ['admin', 7] } }),
  });
  const bare = await token({ email: 7, name: null });
  expect(await (await sample.get('/me', bare)).json()).toEqual({
    id: 'ada',
    ownerId: 'ada',
    email: null,
    emailVerified: false,
    name: null,
    roles: [],
    scopes: null,
    claims: expect.objectContaining({ sub: 'ada', email: 7 }),
  });
});

it('passes the owner to the handler, and fails without a token instead of having none', async () => {
  expect(await (await sample.get('/owner', await token())).json()).toEqual({ ownerId: 'ada' });
  expect((await sample.get('/open-owner')).status).toBe(500);
});

it.each<[string, () => Promise<string>, number]>([
  ['one of the roles', () => withRoles('x', 'owner'), 200],
  ['another role', () => withRoles('administrator'), 403],
  ['no roles', () => token(), 403],
  ['the role in another claim', () => token({ roles: ['admin'] }), 403],
  ['roles that are not an array', () => token({ realm_access: { roles: { admin: true } } }), 403],
])('a route that requires a role, called with %s', async (_, sign, status) => {
  const response = await sample.get('/admin', await sign());
  expect(response.status).toBe(status);
});

describe('a token with scopes', () => {
  const withScope = (scope: unknown, claims = {}) =>
    issuer.sign({ sub: 'ada', aud: AUDIENCE, scope, ...claims }, { header: { typ: 'scoped+jwt' } });

  it.each<[string, string, number]>([
    ['/scoped', 'notes:read', 200],
    ['/scoped', 'other notes:read', 200],
    ['/scoped', 'notes:write', 403],
    ['/scoped', 'notes:reader', 403],
    ['/scoped', 'notes', 403],
    ['/scoped', '', 403],
    ['/scoped/own', 'notes:write', 200],
    ['/scoped/own', 'notes:admin', 200],
    ['/scoped/own', 'notes:read', 403],
    ['/scoped/admin', 'notes:read', 403],
    ['/me', 'notes:read', 403],
    ['/admin', 'notes:read admin', 403],
    ['/open/admin', 'notes:read', 403],
    ['/open/scoped', 'notes:read', 200],
    ['/open', '', 200],
    ['/open/all', '', 200],
    ['/scoped/open', '', 200],
  ])('%s with %j: %i', async (path, scope, status) => {
    const claims = { realm_access: { roles: ['admin'] } };
    expect((await sample.get(path, await withScope(scope, claims))).status).toBe(status);
  });

  it('is told which scope it needs', async () => {
    const response = await sample.get('/scoped/own', await withScope('notes:read'));
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="notes:write notes:admin"',
    );
    expect(await response.json()).toMatchObject({
      message: 'This route requires the scope notes:write or notes:admin.',
    });
    const other = await sample.get('/me', await withScope('notes:read'));
    expect(other.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
  });

  it('is invalid if the scope is not a string', async () => {
    for (const scope of [undefined, null, ['notes:read']]) {
      expect((await sample.get('/scoped', await withScope(scope))).status).toBe(401);
    }
  });

  it('needs a token on a route with scopes in a public controller', async () => {
    expect((await sample.get('/open/scoped')).status).toBe(401);
  });
});

it('gives a token without scopes access to every route', async () => {
  for (const path of ['/scoped', '/scoped/own', '/open/scoped', '/me']) {
    expect((await sample.get(path, await token())).status).toBe(200);
    expect((await sample.get(path, await token({ scope: 'openid profile' }))).status).toBe(200);
  }
});

it.each<[unknown, number]>([
  [true, 200],
  [false, 403],
  [undefined, 403],
  ['true', 403],
  [1, 403],
])(
  'a route that requires a verified email address, called with email_verified %j: %i',
  async (claim, status) => {
    const verified = await token({ email: 'ada@example.com', email_verified: claim });
    for (const path of ['/verified', '/verified-controller/route']) {
      expect((await sample.get(path, verified)).status).toBe(status);
      expect((await sample.get(path)).status).toBe(401);
    }
  },
);

it('rejects every request to a public route that requires a verified email address', async () => {
  expect((await sample.get('/verified-controller/public')).status).toBe(403);
});

it('does not fetch keys for a token with invalid claims', async () => {
  const before = issuer.requests;
  const key = createKey();
  for (const claims of [{ exp: 1 }, { iss: 'http://other.test' }, { aud: 'http://other.test' }, { sub: 7 }]) {
    const bad = await issuer.sign({ sub: 'ada', aud: AUDIENCE, ...claims }, { key });
    expect((await sample.get('/me', bad)).status).toBe(401);
  }
  expect(issuer.requests).toBe(before);
});

it('does not mix up users that wait for the same fetch', async () => {
  const key = issuer.rotate();
  const names = Array.from({ length: 40 }, (_, index) => `user-${index}`);
  const ids = await Promise.all(
    names.map(async (sub) => {
      const response = await sample.get('/me', await issuer.sign({ sub, aud: AUDIENCE }, { key }));
      return ((await response.json()) as { id: string }).id;
    }),
  );
  expect(ids).toEqual(names);
});

it('does not fetch keys in preview mode', async () => {
  const quiet = await startIssuer();
  const app = await NestFactory.create(sampleModule(quiet), new FastifyAdapter(), {
    preview: true,
    logger: sample.log,
  });
  await app.init();
  await app.close();
  expect(quiet.requests).toBe(0);
  await quiet.close();
});

describe('operators see', () => {
  it('the trusted issuer in the log at the start', () => {
    const line = sample.log.lines.find(({ message }) => String(message).startsWith('Accepting'));
    expect(line?.message).toBe(
      `Accepting tokens issued by ${issuer.url} for ${AUDIENCE}, verified with the keys at ${issuer.jwksUrl}`,
    );
  });

  it('why a token was rejected, without anything that could be replayed', async () => {
    const rejected = [
      [
        { iss: 'http://other.test' },
        { reason: 'issuer', expectedIssuer: issuer.url, foundIssuer: 'http://other.test' },
      ],
      [{ aud: ['a', 'b'] }, { reason: 'audience', expectedAudience: AUDIENCE, foundAudience: '["a","b"]' }],
      [{ exp: 1 }, { reason: 'expired' }],
    ] as const;
    for (const [claims, expected] of rejected) {
      sample.log.lines.length = 0;
      const bad = await token(claims);
      await sample.get('/me', bad);
      expect(sample.log.lines).toEqual([
        {
          level: 'warn',
          message: expect.objectContaining({
            message: 'Token rejected',
            kid: issuer.keys[0]!.kid,
            ...expected,
          }),
        },
      ]);
      for (const part of bad.split('.')) {
        expect(JSON.stringify(sample.log.lines)).not.toContain(part);
      }
    }
  });

  it('the number of verifications and the age of the keys in the metrics', async () => {
    const values = async () => {
      const metrics = await register.getMetricsAsJSON();
      const metric = metrics.find(({ name }) => name === 'auth_token_verifications_total')!;
      const counted = metric.values as { labels: { outcome?: string }; value: number }[];
      const byOutcome = new Map(counted.map(({ labels, value }) => [labels.outcome, value]));
      return (outcome: string) => byOutcome.get(outcome) ?? 0;
    };
    const before = await values();
    await sample.get('/me', await token());
    await sample.get('/me', await token({ exp: 1 }));
    await sample.get('/me');
    const after = await values();
    for (const outcome of ['accepted', 'expired', 'missing']) {
      expect(after(outcome) - before(outcome)).toBe(1);
    }
    expect(await register.metrics()).toMatch(/auth_jwks_age_seconds \d+\.\d+\n/);
    expect(await register.metrics()).toMatch(/auth_jwks_fetches_total\{outcome="success"\} \d+/);
  });
});

it('accepts each of several keys with the same kid', async () => {
  const [first, second] = [createKey('RS256', 'shared'), createKey('RS256', 'shared')];
  issuer.keys = [first, second];
  for (const key of [first, second]) {
    expect((await sample.get('/me', await issuer.sign({ sub: 'ada', aud: AUDIENCE }, { key }))).status).toBe(
      200,
    );
  }
});

// Uses its own issuer, so that the other tests still have tokens in their bucket.
it('accepts a new key with a known kid within a minute', async () => {
  const own = await startIssuer();
  const { app, get } = await startSample(own);
  const me = async () => get('/me', await own.sign({ sub: 'ada', aud: AUDIENCE }));
  expect((await me()).status).toBe(200);
  own.keys = [createKey('RS256', own.keys[0]!.kid)];
  expect((await me()).status).toBe(401);
  const realNow = performance.now.bind(performance);
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => realNow() + 60_000);
  try {
    expect((await me()).status).toBe(401);
    const end = performance.now() + 5_000;
    while ((await me()).status !== 200) {
      expect(performance.now()).toBeLessThan(end);
    }
  } finally {
    clock.mockRestore();
    await app.close();
    await own.close();
  }
});

it('processes a hostile header of 16 kB in less than 2 ms', async () => {
  const space = ' '.repeat(15_000);
  const hostile = [
    `Bearer ${'a'.repeat(15_000)}`,
    `Bearer${space}`,
    `Bearer ${'a.'.repeat(7_500)}`,
    `Bearer ${'.'.repeat(8_000)}`,
    `Bearer ${Buffer.from('['.repeat(6_000)).toString('base64url')}.a.a`,
    `Bearer ${Buffer.from(JSON.stringify({ alg: 'x'.repeat(5_900) })).toString('base64url')}.YQ.YQ`,
    `${'a'.repeat(15_000)}`,
    `a${space}b`,
  ];
  const strategy = sample.app.get(JwtStrategy, { strict: false });
  for (const authorization of hostile) {
    const times: number[] = [];
    for (let round = 0; round < 15; round++) {
      const request = { headers: { authorization }, raw: { rawHeaders: ['Authorization', authorization] } };
      const startedAt = performance.now();
      let error: unknown;
      try {
        void strategy.authenticateRequest(request);
      } catch (thrown) {
        error = thrown;
      }
      times.push(performance.now() - startedAt);
      expect(error).toMatchObject({ status: 401 });
    }
    // An expensive header is expensive every time; a busy machine only delays some rounds.
    expect(Math.min(...times)).toBeLessThan(2);
  }
});

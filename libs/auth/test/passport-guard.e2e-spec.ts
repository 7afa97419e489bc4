import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { register } from 'prom-client';
import { createKey, type Issuer, startIssuer } from '../../../tools/test/issuer.js';
import { TokenVerifier } from '../src/index.js';
import { AUDIENCE, type Sample, startSample } from './sample-app.js';

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

beforeEach(() => {
  jest.restoreAllMocks();
});

async function get(path: string, authorization?: string) {
  const response = await fetch(`${sample.url}${path}`, { headers: authorization ? { authorization } : {} });
  return {
    status: response.status,
    body: (await response.json()) as unknown,
    challenge: response.headers.get('www-authenticate'),
    retryAfter: response.headers.get('retry-after'),
    contentType: response.headers.get('content-type'),
  };
}

const token = async (claims: Record<string, unknown> = {}, key = issuer.keys[0]!) =>
  `Bearer ${await issuer.sign({ sub: 'ada', aud: AUDIENCE, ...claims }, { key })}`;

async function countVerifications(outcome: string): Promise<number> {
  const metric = await register.getSingleMetric('auth_token_verifications_total')!.get();
  return metric.values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
}

describe.each(['/passport/both-guards', '/passport/only'])("AuthGuard('jwt') on %s", (path) => {
  it('accepts a valid token and passes the user to the handler', async () => {
    const bearer = await token({ name: 'Ada' });
    const response = await get(path, bearer);
    expect(response).toMatchObject({ status: 200, body: { id: 'ada', name: 'Ada', email: null, roles: [] } });
    expect(response).toEqual(await get('/me', bearer));
  });

  it.each<[string, () => Promise<string | undefined>, string]>([
    ['without a token', async () => undefined, 'Bearer'],
    ['with another scheme', async () => 'Basic YTpi', 'Bearer'],
    [
      'with an expired token',
      () => token({ exp: 1 }),
      'Bearer error="invalid_token", error_description="The token has expired. Get a new one."',
    ],
    [
      'with a malformed token',
      async () => 'Bearer x.y.z',
      'Bearer error="invalid_token", error_description="The token is malformed."',
    ],
    [
      'with a token for another audience',
      () => token({ aud: 'http://other.test' }),
      'Bearer error="invalid_token", error_description="The token was issued for another audience."',
    ],
  ])('responds like the default guard %s', async (_, authorization, challenge) => {
    const response = await get(path, await authorization());
    expect(response).toMatchObject({ status: 401, challenge, body: { message: expect.any(String) } });
    expect(response).toEqual(await get('/me', await authorization()));
  });

  it('responds like the default guard while the keys are unavailable', async () => {
    issuer.behave('error');
    try {
      const authorization = await token({}, createKey());
      const response = await get(path, authorization);
      expect(response).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/) });
      expect(response).toEqual({
        ...(await get('/me', authorization)),
        retryAfter: expect.stringMatching(/^[1-9]\d*$/),
      });
    } finally {
      issuer.behave('normal');
    }
  });

  it.each<[string, string, () => Promise<string>]>([
    ['a valid token', 'accepted', () => token()],
    ['an expired token', 'expired', () => token({ exp: 1 })],
  ])('verifies and counts %s once', async (_, outcome, authorization) => {
    const verify = jest.spyOn(sample.app.get(TokenVerifier, { strict: false }), 'verify');
    const before = await countVerifications(outcome);
    await get(path, await authorization());
    expect(verify).toHaveBeenCalledTimes(1);
    expect(await countVerifications(outcome)).toBe(before + 1);
  });

  it('does not reuse the user of an earlier request', async () => {
    expect((await get(path, await token({ sub: 'ada' }))).body).toMatchObject({ id: 'ada' });
    expect((await get(path, await token({ sub: 'bob' }))).body).toMatchObject({ id: 'bob' });
    expect((await get(path)).status).toBe(401);
  });
});

import { afterAll, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKey } from '../../../tools/test/issuer.js';
import { AUDIENCE, type RunningApi, startApi } from './running-api.js';

const servers: Server[] = [];
const apis: RunningApi[] = [];

afterAll(async () => {
  await Promise.all(apis.map((api) => api.close()));
  servers.forEach((server) => server.close().closeAllConnections());
});

async function listen(): Promise<{ server: Server; url: string }> {
  const server = createServer();
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Starts an api that trusts the given issuer. */
async function startApiFor(JWKS_URL: string, JWT_ISSUER: string, JWT_AUDIENCE: string): Promise<RunningApi> {
  const api = await startApi({ JWKS_URL, JWT_ISSUER, JWT_AUDIENCE });
  apis.push(api);
  return api;
}

const me = async (api: RunningApi, token: string) => {
  const response = await fetch(`${api.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as { id: string; email: string | null } };
};

it('accepts JWT access tokens of a certified OpenID provider', async () => {
  // oidc-provider warns about settings that are unsafe in production.
  for (const level of ['warn', 'info'] as const) {
    jest.spyOn(console, level).mockImplementation(() => {});
  }
  // @ts-expect-error oidc-provider has no types
  const { Provider } = await import('oidc-provider');
  const { server, url } = await listen();
  const key = createKey('RS256', 'oidc');
  const provider = new Provider(url, {
    clients: [
      {
        client_id: 'ada',
        client_secret: 'a secret of this test',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: {
      keys: [{ ...key.privateKey.export({ format: 'jwk' }), kid: 'oidc', alg: 'RS256', use: 'sig' }] as never,
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'api',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  const api = await startApiFor(`${url}/jwks`, url, AUDIENCE);
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('ada:a+secret+of+this+test')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE, scope: 'api' }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  expect(await me(api, token)).toMatchObject({ status: 200, body: { id: 'ada' } });
});

it('accepts tokens of a Better Auth server with its default algorithm, EdDSA', async () => {
  // Imported dynamically, like oidc-provider above, because jwks-rsa must load jose first.
  const { betterAuth } = await import('better-auth');
  const { memoryAdapter } = await import('better-auth/adapters/memory');
  const { toNodeHandler } = await import('better-auth/node');
  const { jwt } = await import('better-auth/plugins');
  const { server, url } = await listen();
  const auth = betterAuth({
    baseURL: url,
    secret: 'a secret of this test, long enough for it',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    plugins: [jwt()],
  });
  server.on('request', toNodeHandler(auth));
  const api = await startApiFor(`${url}/api/auth/jwks`, url, url);
  const signUp = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }),
  });
  const cookie = signUp.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const response = await fetch(`${url}/api/auth/token`, { headers: { cookie } });
  const { token } = (await response.json()) as { token: string };
  expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())).toMatchObject({
    alg: 'EdDSA',
  });
  expect(await me(api, token)).toMatchObject({ status: 200, body: { email: 'ada@example.com' } });
});

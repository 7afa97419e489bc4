import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import './cached-password-hashes.js';
import { type AuthServer, startAuthServer } from './auth-server.js';
import { PASSWORD } from './environment.js';
import { teardown } from './teardown.js';

const OWN = 'https://app.example';
const FRONT_END = 'https://front-end.test';
const OTHER_FRONT_END = 'https://other.test:8443';

interface PlainResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Parsed JSON, or text for any other content type. */
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

/** Sends exactly these headers. `fetch` adds some of a browser's, which Better Auth evaluates. */
async function send(
  server: AuthServer,
  path: string,
  headers: Record<string, string> = {},
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<PlainResponse> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const outgoing = request(server.url + path, {
    method,
    headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
  });
  const response = await new Promise<Parameters<Parameters<typeof request>[2] & {}>[0]>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject).end(json);
  });
  const content = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: response.headers['content-type']?.includes('json') ? JSON.parse(content) : content,
  };
}

const account = (name: string) => ({ name, email: `${name}@example.com`, password: PASSWORD });
const corsHeaders = ({ headers }: PlainResponse) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
/** Returns the cookies as a client stores them: names and values without attributes. */
const storedCookies = ({ headers }: PlainResponse) =>
  (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');

let server: AuthServer;
/** A server with the default settings. */
let closed: AuthServer;

beforeAll(async () => {
  const production = { NODE_ENV: 'production', BETTER_AUTH_URL: OWN };
  [server, closed] = await Promise.all([
    startAuthServer({ ...production, AUTH_TRUSTED_ORIGINS: `${FRONT_END}, ${OTHER_FRONT_END}/` }),
    startAuthServer(production),
  ]);
});

afterAll(teardown);

describe('a front end on another origin', () => {
  const paths = [
    '/api/auth/get-session',
    '/api/auth/token',
    '/api/auth/none',
    '/api/auth/%zz',
    '/.well-known/jwks.json',
    '/health/live',
  ];
  const preflight = (origin: string, at = server) =>
    send(
      at,
      '/api/auth/sign-in/email',
      {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
      undefined,
      'OPTIONS',
    );

  it.each([FRONT_END, OTHER_FRONT_END])('at %s may send cookies and read every response', async (origin) => {
    for (const path of paths) {
      const response = await send(server, path, { origin });
      expect([path, corsHeaders(response)]).toEqual([
        path,
        {
          'access-control-allow-origin': origin,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'ETag, Location, Retry-After, X-Request-Id',
        },
      ]);
      expect(response.headers.vary).toBe('Origin');
    }
  });

  it('may send JSON after a preflight request', async () => {
    const response = await preflight(FRONT_END);
    expect([response.status, response.body, response.headers.vary]).toEqual([204, '', 'Origin']);
    const headers = corsHeaders(response);
    expect(headers).toMatchObject({
      'access-control-allow-origin': FRONT_END,
      'access-control-allow-credentials': 'true',
    });
    expect(headers['access-control-allow-methods']).toContain('POST');
    expect(headers['access-control-allow-headers']).toContain('Content-Type');
    expect(Object.values(headers)).not.toContain('*');
  });

  it.each([
    'https://evil.test',
    'http://front-end.test',
    `${FRONT_END}/`,
    `${FRONT_END}:8443`,
    `${FRONT_END}.evil.test`,
    `${FRONT_END}, ${OTHER_FRONT_END}`,
    'https://other.test',
    'https://sub.front-end.test',
    'https://evil-front-end.test',
    'null',
    '*',
  ])('at %s may not', async (origin) => {
    for (const response of [
      ...(await Promise.all(paths.map((path) => send(server, path, { origin })))),
      await preflight(origin),
    ]) {
      expect([corsHeaders(response), response.headers.vary]).toEqual([{}, 'Origin']);
    }
  });

  it('gets no cookie if the origin is not listed', async () => {
    const headers = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
    const response = await send(server, '/api/auth/sign-up/email', headers, account('eve'));
    expect([response.status, response.headers['set-cookie']]).toEqual([403, undefined]);
  });

  it('is not allowed by default', async () => {
    const responses = [
      ...paths.map((path) => send(closed, path, { origin: FRONT_END })),
      preflight(FRONT_END, closed),
    ];
    for (const response of await Promise.all(responses)) {
      expect([corsHeaders(response), response.headers.vary]).toEqual([{}, undefined]);
    }
    const { status, body } = await send(
      closed,
      '/api/auth/sign-up/email',
      { origin: FRONT_END },
      account('eve'),
    );
    expect([status, body.code]).toEqual([403, 'INVALID_ORIGIN']);
  });

  it.each([
    ['same-site', ['HttpOnly', 'SameSite=Lax', 'Secure']],
    ['cross-site', ['HttpOnly', 'Partitioned', 'SameSite=None', 'Secure']],
  ])('on a %s page signs up, gets a token and signs out', async (site, attributes) => {
    const browser = { origin: FRONT_END, 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' };
    /** Without the lifetime and the path, which are the same for every site. */
    const flags = ({ headers }: PlainResponse) =>
      (headers['set-cookie'] ?? []).map((header) =>
        header
          .split(/; ?/)
          .slice(1)
          .filter((attribute) => !/^(max-age|path)=/i.test(attribute))
          .toSorted(),
      );

    const signUp = await send(server, '/api/auth/sign-up/email', browser, account(`ada-${site}`));
    expect([signUp.status, corsHeaders(signUp)['access-control-allow-credentials']]).toEqual([200, 'true']);
    expect(flags(signUp)).toEqual([attributes]);

    const withCookie = { ...browser, cookie: storedCookies(signUp) };
    const { status, body, headers } = await send(server, '/api/auth/token', withCookie);
    expect([status, body.token]).toEqual([200, expect.any(String)]);
    expect(headers['access-control-allow-origin']).toBe(FRONT_END);

    // A browser deletes a partitioned cookie only if the new one is partitioned, too.
    const signOut = await send(server, '/api/auth/sign-out', withCookie, {});
    expect(signOut.status).toBe(200);
    expect(new Set(flags(signOut).map(String))).toEqual(new Set([String(attributes)]));
    expect((await send(server, '/api/auth/token', withCookie)).status).toBe(401);
  });

  it("gets no cross-site cookie for the web app's own origin", async () => {
    const headers = { origin: OWN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
    const response = await send(server, '/api/auth/sign-up/email', headers, account('bob'));
    expect([response.status, corsHeaders(response)]).toEqual([200, {}]);
    expect(response.headers['set-cookie']?.join()).toMatch(/SameSite=Lax$/);
  });

  it('can read that it sent too many requests', async () => {
    const attempt = () => send(server, '/api/auth/token', { origin: FRONT_END });
    const responses = await Promise.all(Array.from({ length: 120 }, attempt));
    const rejected = responses.find(({ status }) => status === 429);
    expect(Number(rejected?.headers['retry-after'])).toBeGreaterThan(0);
    expect(rejected && corsHeaders(rejected)).toMatchObject({
      'access-control-allow-origin': FRONT_END,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
    });
  });
});

describe('a native client', () => {
  /** The token that an api would accept. */
  const verify = (jwt: string) =>
    jwtVerify(jwt, createRemoteJWKSet(new URL(`${closed.url}/.well-known/jwks.json`)), {
      issuer: OWN,
      audience: 'http://api.test',
      algorithms: ['RS256'],
    });

  it('signs up, gets tokens, signs in again and signs out, with the cookie that it stores itself', async () => {
    const signUp = await send(closed, '/api/auth/sign-up/email', { origin: OWN }, account('grace'));
    expect(signUp.status).toBe(200);
    const cookie = storedCookies(signUp);
    expect(cookie).toMatch(/^__Secure-better-auth\.session_token=[^;]+$/);

    for (let i = 0; i < 2; i++) {
      const { status, body } = await send(closed, '/api/auth/token', { cookie });
      expect(status).toBe(200);
      const { payload } = await verify(body.token);
      expect(payload).toMatchObject({ sub: signUp.body.user.id, email: 'grace@example.com' });
    }

    const { name, ...credentials } = account('grace');
    const signIn = await send(closed, '/api/auth/sign-in/email', { origin: OWN }, credentials);
    expect([signIn.status, signIn.body.user.name]).toEqual([200, name]);
    const second = storedCookies(signIn);
    expect(second).not.toBe(cookie);

    expect((await send(closed, '/api/auth/sign-out', { cookie, origin: OWN }, {})).status).toBe(200);
    expect((await send(closed, '/api/auth/token', { cookie })).status).toBe(401);
    expect((await send(closed, '/api/auth/token', { cookie: second })).status).toBe(200);
  });

  it('needs an allowed origin for a POST request with a cookie', async () => {
    const cookie = storedCookies(await send(closed, '/api/auth/sign-up/email', {}, account('alan')));
    const update = (headers: Record<string, string>) =>
      send(closed, '/api/auth/update-user', { cookie, ...headers }, { name: 'Alan' });
    const [missing, foreign, own] = [
      await update({}),
      await update({ origin: FRONT_END }),
      await update({ origin: OWN }),
    ];
    expect([missing.status, missing.body.code]).toEqual([403, 'MISSING_OR_NULL_ORIGIN']);
    expect([foreign.status, foreign.body.code]).toEqual([403, 'INVALID_ORIGIN']);
    expect(own.status).toBe(200);
  });

  it('cannot use the unsigned session token of a response body', async () => {
    const signUp = await send(closed, '/api/auth/sign-up/email', { origin: OWN }, account('donald'));
    const [name, signed = ''] = storedCookies(signUp).split('=') as [string, string];
    const raw: string = signUp.body.token;
    expect(decodeURIComponent(signed)).toMatch(new RegExp(`^${raw}\\.`));
    const attempts: Record<string, string>[] = [
      { authorization: `Bearer ${raw}` },
      { authorization: `Bearer ${signed}` },
      { authorization: `Bearer ${decodeURIComponent(signed)}` },
      { cookie: `${name}=${raw}` },
      { cookie: `${name}=${raw}.${'A'.repeat(43)}=` },
    ];
    for (const headers of attempts) {
      for (const path of ['/api/auth/token', '/api/auth/list-sessions']) {
        expect([path, (await send(closed, path, headers)).status]).toEqual([path, 401]);
      }
    }
  });

  it('finds its session only in the HttpOnly cookie, not in a header that scripts can read', async () => {
    const signUp = await send(closed, '/api/auth/sign-up/email', { origin: OWN }, account('barbara'));
    const cookie = storedCookies(signUp);
    const session = await send(closed, '/api/auth/get-session', { cookie });
    for (const { headers } of [signUp, session]) {
      expect(Object.keys(headers).filter((name) => /auth-token|jwt/.test(name))).toEqual([]);
    }
    expect(signUp.headers['set-cookie']?.every((header) => header.includes('; HttpOnly'))).toBe(true);
  });
});

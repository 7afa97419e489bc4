import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import './cached-password-hashes.js';
import { type AuthServer, type SignedUp, startAuthServer } from './auth-server.js';
import { ORIGIN, PASSWORD } from './environment.js';
import { Mailbox } from './mailbox.js';
import { teardown } from './teardown.js';

let server: AuthServer;
let ada: SignedUp;

beforeAll(async () => {
  const mailbox = await Mailbox.open();
  server = await startAuthServer({ SMTP_URL: mailbox.url });
  ada = await server.signUp('ada');
});

afterAll(teardown);

const HOST = new URL(ORIGIN).host;

/** Spellings that at least one URL parser, or one more round of decoding, resolves to another origin. */
const spellings = [
  'https://evil.example/',
  'HTTPS://evil.example/',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'http:\\\\evil.example',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '/..//evil.example',
  '/.//evil.example',
  '/../..//evil.example',
  '/a/..//evil.example',
  '/a/../..//evil.example/b',
  '/..//evil.example?a=1#b',
  '/../\\evil.example',
  '/..\\/evil.example',
  '/%2e%2e//evil.example',
  '/%2E.//evil.example',
  '/.%2e//evil.example',
  '/%2e//evil.example',
  '/%2f/evil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/..%2f/evil.example',
  '/..%5C/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '\u0000//evil.example',
  '/.\t.//evil.example',
  '/\u00a0/evil.example',
  '／／evil.example',
  '/／evil.example',
  `${ORIGIN}@evil.example/`,
  `${ORIGIN}:80@evil.example/`,
  `${ORIGIN}\\@evil.example/`,
  `http://evil.example@${HOST}/`,
  `${ORIGIN}.evil.example/`,
  `${ORIGIN}/..//evil.example`,
  `${ORIGIN}//evil.example`,
  `https://${HOST}/`,
  `http://${HOST}:8080/`,
  'evil.example',
  'javascript:alert(1)',
  'data:text/html,a',
  'blob:http://app.test/a',
  '?next=//evil.example',
];

/** Sends a request for each spelling, and returns those with another status than these, or with a `Location` header. */
async function findUnexpectedResponses(
  statuses: number[],
  send: (url: string) => Promise<{ status: number; headers: Headers }>,
): Promise<unknown[]> {
  const responses = await Promise.all(spellings.map(async (url) => ({ url, ...(await send(url)) })));
  return responses
    .filter(({ status, headers }) => !statuses.includes(status) || headers.get('location') !== null)
    .map(({ url, status }) => [url, status]);
}

describe('URLs that lead to another origin', () => {
  it.each([
    'verify-email?token=x&callbackURL=',
    'verify-email?token=x&callbackURL=/tasks&callbackURL=',
    'reset-password/x?callbackURL=',
    'delete-user/callback?token=x&callbackURL=',
    'get-session?redirectTo=',
  ])('get 400 in the query of %s', async (path) => {
    const unexpected = await findUnexpectedResponses([400], (url) =>
      ada.client.get(`/api/auth/${path}${encodeURIComponent(url)}`),
    );
    expect(unexpected).toEqual([]);
  });

  it.each([
    ['sign-in/email', 'callbackURL'],
    ['sign-up/email', 'callbackURL'],
    ['request-password-reset', 'redirectTo'],
    ['send-verification-email', 'callbackURL'],
    ['sign-in/social', 'errorCallbackURL'],
    ['sign-in/social', 'newUserCallbackURL'],
    ['sign-out', 'callbackURL'],
  ])('get 400, or 403 from Better Auth, in the body of %s as %s', async (path, name) => {
    const unexpected = await findUnexpectedResponses([400, 403], (url) =>
      server.client().post(`/api/auth/${path}`, {
        provider: 'google',
        name: 'Ada',
        email: ada.email,
        password: PASSWORD,
        [name]: url,
      }),
    );
    expect(unexpected).toEqual([]);
  });
});

it.each(['/', '/tasks', '/tasks?search=a//b&next=%2F%2Fa#c', '/a//b', ORIGIN, `${ORIGIN}/tasks?a=1`])(
  'redirects to %s, which is on its own origin',
  async (url) => {
    const { status, headers } = await ada.client.get(
      `/api/auth/verify-email?token=x&callbackURL=${encodeURIComponent(url)}`,
    );
    expect(status).toBe(302);
    expect(new URL(headers.get('location')!, ORIGIN).origin).toBe(ORIGIN);
    const signIn = await server
      .client()
      .post('/api/auth/sign-in/email', { email: ada.email, password: PASSWORD, callbackURL: url });
    expect([signIn.status, signIn.headers.get('location')]).toEqual([200, url]);
  },
);

it('redirects to a trusted origin', async () => {
  const trusted = await startAuthServer({ AUTH_URL: 'http://localhost:3002' });
  const { status } = await trusted
    .client()
    .get('/api/auth/verify-email?token=x&callbackURL=http://localhost:3002/docs');
  expect(status).toBe(302);
});

it.each(['%2F..%2F..%2F..%2F%2Fevil.example', '..%2f..%2f..%2f%2fevil.example', '%5C%5Cevil.example'])(
  'does not redirect to another origin if the provider in the path is %s',
  async (id) => {
    const response = await server.client().post(`/api/auth/callback/${id}?code=x`, {});
    const location = response.headers.get('location');
    expect(response.status).toBeLessThan(500);
    expect(location === null || new URL(location, ORIGIN).pathname.startsWith('/api/auth/')).toBe(true);
  },
);

import { describe, expect, it } from '@jest/globals';
import type { AuthContext } from 'better-auth';
import fc from 'fast-check';
import { isProviderUrl, isSafeRedirect } from './redirect-rules.js';

const OWN = 'https://app.test';
const TRUSTED = 'https://trusted.test:8443';
const origins = {
  baseURL: `${OWN}/api/auth`,
  isTrustedOrigin: (origin: string) => [OWN, TRUSTED].includes(origin),
};

const SPECIAL = String.raw`/ // \ . .. %2e %2E %2f %5C %09 %0a %00 @ : ? # ; :443 a ~ *`.split(' ');
const SCHEMES = 'http: https: HTTPS: javascript: data: blob: http:// https://'.split(' ');
const HOSTS = 'evil.test app.test app.test.evil.test trusted.test:8443'.split(' ');
const starts = fc.constantFrom('', '/', '//', OWN, TRUSTED, ...SCHEMES);
const pieces = fc.constantFrom(...SPECIAL, ...SCHEMES, ...HOSTS, ...'\t\n\r\0 \u00a0／');

/** Decodes like a router that decodes once more than it should. */
function decode(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

it('accepts only URLs that stay on a trusted origin, however often they are parsed or decoded', () => {
  let accepted = 0;
  fc.assert(
    fc.property(starts, fc.array(pieces, { maxLength: 6 }), (start, rest) => {
      const url = [start, ...rest].join('');
      if (!isSafeRedirect(url, origins)) {
        return true;
      }
      accepted++;
      const { origin, href, pathname, search, hash } = new URL(url, OWN);
      const [path] = url.split(/[?#]/) as [string];
      return [url, href, pathname + search + hash, decode(path)].every(
        (spelling) => [OWN, TRUSTED].includes(origin) && new URL(spelling, origin).origin === origin,
      );
    }),
    { numRuns: 100_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

it.each([
  '/',
  '/tasks',
  '/a//b',
  '/tasks?next=//evil.test',
  '/tasks#//evil.test',
  '/a/../b',
  OWN,
  `${TRUSTED}/a?b=c`,
])('accepts %s', (url) => {
  expect(isSafeRedirect(url, origins)).toBe(true);
});

it.each([
  undefined,
  null,
  '',
  1,
  {},
  ['/tasks'],
  'https://evil.test',
  '/..//evil.test',
  '/%5C/..',
  '/tasks?a=ä',
])('rejects %j', (url) => {
  expect(isSafeRedirect(url, origins)).toBe(false);
});

describe('the URL of a provider', () => {
  const context = {
    baseURL: origins.baseURL,
    socialProviders: [
      { createAuthorizationURL: () => Promise.reject(new Error('The provider is unavailable.')) },
      {
        createAuthorizationURL: async () => new URL('https://provider.test/authorize?state=unused'),
        createEndSessionURL: async () => new URL('https://logout.provider.test/'),
      },
    ],
  } as unknown as AuthContext;

  it.each(['https://provider.test/authorize?state=x', 'https://logout.provider.test/a'])(
    'can be %s if the provider is configured',
    async (url) => {
      expect(await isProviderUrl(url, context)).toBe(true);
    },
  );

  it.each([
    'https://evil.test/',
    'http://provider.test/',
    'https://provider.test@evil.test/',
    '//provider.test/',
    '/',
  ])('cannot be %s', async (url) => {
    expect(await isProviderUrl(url, context)).toBe(false);
  });
});

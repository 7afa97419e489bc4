import { expect, it } from '@jest/globals';
import { readMaxAgeSeconds, withoutQuery } from './jwks-download.js';

it.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'cache-control': 'private, max-age=300' }, 300],
  [{ 'cache-control': 'MAX-AGE="300"' }, 300],
  [{ 'cache-control': 'public,max-age=300,stale-if-error=86400' }, 300],
  [{ 'cache-control': 'max-age=300', age: '250' }, 50],
  [{ 'cache-control': 'max-age=300', age: '400' }, 0],
  [{ 'cache-control': 'max-age=300', age: 'old' }, 300],
  [{ 'cache-control': 's-maxage=300' }, undefined],
  [{ 'cache-control': 'x-max-age=300' }, undefined],
  [{ 'cache-control': 'max-age=-1' }, undefined],
  [{ 'cache-control': 'max-age=99999999999999999999' }, undefined],
  [{ 'cache-control': 'no-store, max-age=300' }, 0],
  [{ 'cache-control': 'no-cache="set-cookie"' }, 0],
])('%j is fresh for %p seconds', (headers, seconds) => {
  expect(readMaxAgeSeconds(new Headers(headers))).toBe(seconds);
});

it('removes the query of a URL for the log', () => {
  expect(withoutQuery('https://issuer.test/keys?code=secret#a')).toBe('https://issuer.test/keys');
});

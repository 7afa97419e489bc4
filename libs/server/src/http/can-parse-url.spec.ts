import { expect, it } from '@jest/globals';
import { canParseUrl } from './can-parse-url.js';

it('accepts a URL with an umlaut, however often it is called', () => {
  const results = Array.from({ length: 50_000 }, () => canParseUrl('https://müller.example/ü'));
  expect(results.filter((result) => !result)).toHaveLength(0);
});

it.each(['', 'müller.example', 'https://', 'https://a b'])('rejects %j', (text) => {
  expect(canParseUrl(text)).toBe(false);
});

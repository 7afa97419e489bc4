import { expect, it } from '@jest/globals';
import { parseIfMatch } from './if-match.decorator.js';

it.each([
  [undefined, undefined],
  ['*', undefined],
  ['"1"', [1]],
  ['"1", "22"', [1, 22]],
  ['W/"1"', []],
  ['"0"', []],
  ['"x,y"', []],
])('parses %j to the versions %j', (header, versions) => {
  expect(parseIfMatch(header)).toEqual(versions);
});

it.each(['', '1', '"1', '"1" "2"', 'w/"1"'])('rejects %j', (header) => {
  expect(() => parseIfMatch(header)).toThrow('If-Match must be');
});

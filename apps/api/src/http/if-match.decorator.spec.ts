import { expect, it } from '@jest/globals';
import { parseIfMatch } from './if-match.decorator.js';

it.each([
  [undefined, undefined],
  ['*', undefined],
  ['"1"', [1]],
  ['"1", "22"', [1, 22]],
  ['W/"1"', [1]],
  ['"1-gzip"', [1]],
  ['"12-zstd"', [12]],
  ['"1-br", W/"2-gzip"', [1, 2]],
  ['"1--gzip"', [1]],
  ['"1-gzip-br"', [1]],
  ['"1-x"', []],
  ['"1gzip"', []],
  ['"-gzip"', []],
  ['"0"', []],
  ['"x,y"', []],
])('parses %j to the versions %j', (header, versions) => {
  expect(parseIfMatch(header)).toEqual(versions);
});

it.each(['', '1', '"1', '"1" "2"', 'w/"1"'])('rejects %j', (header) => {
  expect(() => parseIfMatch(header)).toThrow('If-Match must be');
});

import { expect, it } from '@jest/globals';
import { checkSyntax } from './env-file.js';

it.each([
  '',
  '\n# a comment\n  # another\n\nA=1\nexport B=2\r\nC = 3\nD=\n',
  'A="one line" # comment\nB=\'it\'\n',
  'A="two\nlines"\nB=1',
  "# don't stumble here\nA=don't\n",
])('accepts %j', (text) => {
  expect(() => checkSyntax(text)).not.toThrow();
});

it.each([
  ['A=1\nDATABASE_URL postgres://u:hunter2@h/n', 'Line 2 of .env is invalid. Write NAME=value'],
  ['A: hunter2', 'Line 1 of .env is invalid'],
  ['1A=hunter2', 'Line 1 of .env is invalid'],
  ['A="hunter2\nB=1\n', 'A value in .env starts with " but has no closing ".'],
])('rejects %j, with a message that contains no value', (text, message) => {
  expect(() => checkSyntax(text)).toThrow(message);
  expect(() => checkSyntax(text)).not.toThrow('hunter2');
});

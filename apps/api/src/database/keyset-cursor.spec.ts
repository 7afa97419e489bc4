import { expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor } from './keyset-cursor.js';

const id = '0198c5a4-7d0e-7000-8000-000000000000';

it.each(['text', '"quoted"', 7, true, null])('encodes and decodes the value %j', (value) => {
  expect(decodeCursor('list', encodeCursor('list', { value, id }))).toEqual({ value, id });
});

it('rejects a cursor of another list', () => {
  expect(() => decodeCursor('other', encodeCursor('list', { value: 1, id }))).toThrow(
    'does not belong to this list',
  );
});

it('rejects a cursor with a changed character', () => {
  const cursor = encodeCursor('list', { value: 'a', id });
  for (let index = 0; index < cursor.length; index++) {
    const changed = `${cursor.slice(0, index)}${cursor[index] === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`;
    expect(() => decodeCursor('list', changed)).toThrow('does not belong to this list');
  }
});

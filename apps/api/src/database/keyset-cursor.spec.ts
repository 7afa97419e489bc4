import { expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, isSortValue, type Position } from './keyset-cursor.js';

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

it.each<[type: 'numeric' | 'date' | 'bigint', accepted: string, rejected: Position['value'][]]>([
  ['numeric', '-12345678901234567.89', ['NaN', 'Infinity', '1e3', ' 1', '', 1.5]],
  ['bigint', '9007199254740993', ['', 'a', 1]],
  ['date', '2026-12-31', ['now', 'infinity', '2026-12-31 BC', '2026-12-31T00:00:00.000Z', '', 20261231]],
])('accepts only the text that PostgreSQL returns for the type %s', (type, accepted, rejected) => {
  const column = { type, isNullable: false };
  expect(isSortValue(accepted, column)).toBe(true);
  expect(rejected.filter((value) => isSortValue(value, column))).toEqual([]);
});

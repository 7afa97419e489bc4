import { describe, expect, it } from '@jest/globals';
import { orderForDeletion } from './deletion-order.js';

function key(child: string, parent: string, { onDelete = 'a', nullable = false } = {}) {
  const column = `${parent}_id`;
  return {
    name: `${child}_${column}_fkey`,
    child,
    parent,
    onDelete,
    nullableColumns: nullable ? [column] : [],
  };
}

describe.each([
  ['in alphabetical order', 'a', 'b'],
  ['in the opposite order', 'b', 'a'],
])('a table and its parent %s', (_, child, parent) => {
  it('begins with the child', () => {
    expect(orderForDeletion(['a', 'b'], [key(child, parent)])).toEqual({
      references: [],
      tables: [child, parent],
    });
  });

  it('that refer to each other: removes the optional reference first', () => {
    const keys = [key(child, parent), key(parent, child, { nullable: true })];
    expect(orderForDeletion(['a', 'b'], keys)).toEqual({
      references: [{ table: parent, column: `${child}_id` }],
      tables: [child, parent],
    });
  });
});

it('orders a chain, a diamond and tables without references', () => {
  const keys = [key('c', 'a'), key('a', 'd'), key('b', 'd'), key('c', 'b')];
  const { references, tables } = orderForDeletion(['a', 'b', 'c', 'd', 'e'], keys);
  expect(references).toEqual([]);
  expect(tables).toHaveLength(5);
  for (const { child, parent } of keys) {
    expect(tables.indexOf(child)).toBeLessThan(tables.indexOf(parent));
  }
});

it('keeps references between cycles, and of tables that only refer to one', () => {
  const cycle = [key('a', 'b', { nullable: true }), key('b', 'a')];
  const { references, tables } = orderForDeletion(
    ['a', 'b', 'c', 'd'],
    [...cycle, key('c', 'a', { nullable: true }), key('b', 'd', { nullable: true })],
  );
  expect(references).toEqual([{ table: 'a', column: 'b_id' }]);
  expect(tables).toEqual(['b', 'c', 'a', 'd']);
});

it('removes optional references of a table to itself', () => {
  expect(orderForDeletion(['a'], [key('a', 'a', { nullable: true })]).references).toEqual([
    { table: 'a', column: 'a_id' },
  ]);
});

it('relies on cascades in a cycle of required keys', () => {
  const keys = [key('a', 'b', { onDelete: 'c' }), key('b', 'a', { onDelete: 'c' }), key('c', 'a')];
  expect(orderForDeletion(['a', 'b', 'c'], keys)).toEqual({ references: [], tables: ['c', 'a', 'b'] });
});

it.each([
  ['to each other', [key('a', 'b'), key('b', 'a', { onDelete: 'r' })]],
  ['to each other, one of them with CASCADE', [key('a', 'b', { onDelete: 'c' }), key('b', 'a')]],
  ['to themselves', [key('a', 'a')]],
])('rejects required keys of tables that refer %s', (_, keys) => {
  expect(() => orderForDeletion(['a', 'b'], keys)).toThrow(
    'Make the column of one key nullable, or all keys ON DELETE CASCADE:\n  a_',
  );
});

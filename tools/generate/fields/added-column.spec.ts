import { expect, it } from '@jest/globals';
import { parseName } from '../names.js';
import { addColumn } from './added-column.js';
import { parseFields } from './fields.js';

const steps = (text: string) => {
  const fields = parseFields(text).map((field) => ({ ...field, isAdded: true }));
  return addColumn(parseName('notes'), fields[0]!, fields);
};

it('validates a constraint and builds an index outside the transaction that adds the column', () => {
  expect(steps('size:integer(1..5)=3')).toEqual([
    {
      suffix: '',
      up: [
        'ALTER TABLE notes ADD size integer NOT NULL DEFAULT 3',
        'ALTER TABLE notes ADD CONSTRAINT notes_size_check CHECK (size BETWEEN 1 AND 5) NOT VALID',
      ],
      down: ['ALTER TABLE notes DROP COLUMN size'],
    },
    {
      suffix: '-concurrently',
      up: [
        'ALTER TABLE notes VALIDATE CONSTRAINT notes_size_check',
        'DROP INDEX CONCURRENTLY IF EXISTS notes_owner_size_idx',
        'CREATE INDEX CONCURRENTLY notes_owner_size_idx ON notes (owner_id, size, id)',
      ],
      down: ['DROP INDEX CONCURRENTLY IF EXISTS notes_owner_size_idx'],
    },
  ]);
});

it('gives a searched field a search index of its own', () => {
  const [first, second] = steps('order:text?');
  expect(first?.up).toEqual(['ALTER TABLE notes ADD "order" text']);
  expect(second?.up.at(-1)).toBe(
    'CREATE INDEX CONCURRENTLY notes_order_search_idx ON notes ' +
      'USING gin (owner_id, lower("order" COLLATE "und-x-icu") gin_trgm_ops)',
  );
});

it('needs one migration for a column without an index', () => {
  expect(steps('pinned:boolean')).toHaveLength(1);
});

it('adds the foreign key of a reference without checking the rows under a lock', () => {
  const [first, second] = steps('list:ref(lists)?');
  expect(first?.up).toEqual([
    'ALTER TABLE notes ADD list_id uuid',
    'ALTER TABLE notes ADD CONSTRAINT notes_list_fkey FOREIGN KEY (owner_id, list_id) ' +
      'REFERENCES lists (owner_id, id) ON DELETE SET NULL (list_id) NOT VALID',
    'CREATE STATISTICS notes_list_stats (dependencies) ON owner_id, list_id FROM notes',
  ]);
  expect(second?.up).toContain('ALTER TABLE notes VALIDATE CONSTRAINT notes_list_fkey');
});

it('indexes the items of a list', () => {
  expect(steps('tags:string[]')[1]?.up.at(-1)).toBe(
    'CREATE INDEX CONCURRENTLY notes_tags_idx ON notes USING gin (owner_id, tags)',
  );
});

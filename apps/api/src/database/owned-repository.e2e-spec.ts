import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConflictException } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Column, DataSource, Entity, Unique } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test/database.js';
import { dataSourceOptions } from './data-source.options.js';
import { OwnedEntity } from './owned.entity.js';
import { OwnedRepository, type PageQuery, type Where } from './owned-repository.js';
import { OwnerQuota } from './owner-quota.js';
import { getPool, queryPool } from './queryable.js';

const MAX_ROWS = 5;

@Entity('test_labels')
@Unique('test_labels_owner_name_key', ['ownerId', 'name'])
class Label extends OwnedEntity {
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'boolean', default: false })
  archived!: boolean;

  @Column({ type: 'integer', nullable: true })
  rank!: number | null;

  @Column({ name: 'due_at', type: 'timestamptz', precision: 3, nullable: true })
  dueAt!: string | null;
}

let database: TestDatabase;
let dataSource: DataSource;
let labels: OwnedRepository<Label>;
/** The texts of all statements so far. */
const statements = new Set<string>();
let ada: string;
let bob: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const preparedStatements = process.env.DATABASE_PREPARED_STATEMENTS !== 'false';
  const options = dataSourceOptions({ url: database.url, poolSize: 5, preparedStatements });
  dataSource = await new DataSource({ ...options, entities: [Label] }).initialize();
  await dataSource.query(`
    CREATE TABLE test_labels (
      owner_id text NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL DEFAULT 1,
      name text NOT NULL,
      archived boolean NOT NULL DEFAULT false,
      rank integer,
      due_at timestamptz(3),
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      CONSTRAINT test_labels_pkey PRIMARY KEY (owner_id, id),
      CONSTRAINT test_labels_owner_name_key UNIQUE (owner_id, name)
    )
  `);
  const pool = queryPool(getPool(dataSource));
  const query = (text: string, parameters?: unknown[]) => {
    statements.add(text);
    return pool.query(text, parameters);
  };
  const quota = new OwnerQuota({ maxRows: MAX_ROWS, maxBytes: 0 });
  labels = new OwnedRepository<Label>({ ...pool, query }, dataSource.getMetadata(Label), undefined, quota);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(() => {
  [ada, bob] = [`ada-${randomUUID()}`, `bob-${randomUUID()}`];
});

const day = (number: number) => `2026-12-0${number}T00:00:00.000Z`;

async function createFour(ownerId: string): Promise<void> {
  await labels.insert(ownerId, { name: 'a', rank: 1, dueAt: day(1) });
  await labels.insert(ownerId, { name: 'b', rank: 2, dueAt: day(2), archived: true });
  await labels.insert(ownerId, { name: 'c', rank: 3, dueAt: day(3) });
  await labels.insert(ownerId, { name: 'd' });
}

async function namesIn(ownerId: string, query: Omit<PageQuery<Label>, 'limit'>): Promise<string> {
  const names = [];
  let cursor: string | undefined;
  do {
    const page = await labels.findPage(ownerId, { ...query, limit: 1, cursor });
    names.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return names.join('');
}

async function usedRows(ownerId: string): Promise<number> {
  const [usage] = await dataSource.query('SELECT rows::integer FROM owner_usage WHERE owner_id = $1', [
    ownerId,
  ]);
  return usage.rows;
}

describe('where', () => {
  const cases: [where: Where<Label>, expected: string][] = [
    [{}, 'abcd'],
    [{ rank: undefined, dueAt: { after: undefined, before: undefined } }, 'abcd'],
    [{ name: 'b' }, 'b'],
    [{ archived: false }, 'acd'],
    [{ name: { in: ['d', 'a', 'z'] } }, 'ad'],
    [{ name: { in: ['d', 'a'] }, archived: true }, ''],
    [{ name: { in: [] } }, ''],
    [{ rank: { in: [1, 3] } }, 'ac'],
    [{ rank: null }, 'd'],
    [{ dueAt: null }, 'd'],
    [{ dueAt: { before: day(2) } }, 'a'],
    [{ dueAt: { after: day(2) } }, 'c'],
    [{ dueAt: { after: day(1), before: day(3) } }, 'b'],
    [{ rank: { after: 1, in: [1, 2] } }, 'b'],
    [{ createdAt: { before: day(1).replace('2026', '2020') } }, ''],
  ];

  it.each(cases)('%j finds the same rows in lists, counts and checks', async (where, expected) => {
    await createFour(ada);
    await createFour(bob);
    for (const sort of ['createdAt', '-name', 'dueAt', '-dueAt', 'rank'] as const) {
      expect([...(await namesIn(ada, { sort, where }))].toSorted().join('')).toBe(expected);
    }
    expect(await labels.count(ada, where, { max: 100 })).toBe(expected.length);
    expect(await labels.exists(ada, where)).toBe(expected.length > 0);
    expect((await labels.findOne(ada, where)) !== undefined).toBe(expected.length > 0);
  });

  it("never finds another owner's row", async () => {
    const { row } = await labels.insert(bob, { name: 'a', rank: 1, dueAt: day(1) });
    const conditions: Where<Label>[] = [
      { id: row.id },
      { id: { in: [row.id] } },
      { name: { in: ['a'] } },
      { rank: { after: 0 } },
      { dueAt: { before: day(9) } },
      { archived: false },
    ];
    for (const where of conditions) {
      expect(await labels.exists(bob, where)).toBe(true);
      expect(await labels.exists(ada, where)).toBe(false);
      expect(await labels.count(ada, where, { max: 10 })).toBe(0);
      expect(await labels.findOne(ada, where)).toBeUndefined();
      expect(await namesIn(ada, { sort: 'rank', where })).toBe('');
    }
    expect(await labels.update(ada, { id: row.id, archived: false }, { rank: 2 })).toBeUndefined();
  });

  it('has one statement for lists of values of any length', async () => {
    const size = async (values: string[]) => {
      await labels.count(ada, { name: { in: values } }, { max: 10 });
      return statements.size;
    };
    expect(await size(['a'])).toBe(await size(['a', 'b', 'c']));
  });

  it('binds the cursor of a list to it', async () => {
    await createFour(ada);
    const query = { limit: 1, sort: 'dueAt' } as const;
    const { nextCursor } = await labels.findPage(ada, { ...query, where: { dueAt: { before: day(3) } } });
    for (const dueAt of [undefined, { before: day(2) }, { after: day(3) }, { in: [day(1), day(2)] }]) {
      await expect(
        labels.findPage(ada, { ...query, where: { dueAt }, cursor: nextCursor! }),
      ).rejects.toMatchObject({ status: 400 });
    }
  });
});

describe('count', () => {
  it('stops at the maximum', async () => {
    await createFour(ada);
    expect(await labels.count(ada, {}, { max: 3 })).toBe(3);
    expect(await labels.count(ada, {}, { max: 4 })).toBe(4);
    expect(await labels.count(ada, {}, { max: 5 })).toBe(4);
  });
});

describe('update', () => {
  it('changes the row only while it meets the conditions', async () => {
    const { row } = await labels.insert(ada, { name: 'a', rank: 1 });
    const key = { id: row.id, archived: false, rank: { before: 2 } };
    const updated = await labels.update(ada, key, { archived: true, name: 'changed' });
    expect(updated).toMatchObject({ row: { archived: true, name: 'changed' }, version: 2 });
    expect(await labels.update(ada, key, { archived: true, name: 'again' })).toBeUndefined();
    expect(await labels.update(ada, key, {})).toBeUndefined();
    expect(await labels.update(ada, { id: row.id, archived: true }, { rank: 2 }, [1])).toBeUndefined();
    expect(await labels.update(ada, { id: row.id, archived: true }, { rank: 2 }, [2])).toMatchObject({
      version: 3,
    });
  });

  it('lets only one of several concurrent updates meet the conditions', async () => {
    const { row } = await labels.insert(ada, { name: 'a' });
    const updates = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        labels.update(ada, { id: row.id, archived: false }, { archived: true, name: `a${index}` }),
      ),
    );
    expect(updates.filter(Boolean)).toHaveLength(1);
  });
});

describe('insert with onConflict', () => {
  it('inserts a new row, and returns undefined for one that exists', async () => {
    const inserted = await labels.insert(ada, { name: 'a', rank: 1 }, { onConflict: 'ignore' });
    expect(inserted).toMatchObject({ row: { name: 'a', rank: 1 }, version: 1 });
    expect(await labels.insert(ada, { name: 'a', rank: 2 }, { onConflict: 'ignore' })).toBeUndefined();
    expect(await labels.findOne(ada, { name: 'a' })).toEqual(inserted);
    expect(await labels.insert(bob, { name: 'a' }, { onConflict: 'ignore' })).toBeDefined();
  });

  it('inserts one row when many are inserted concurrently', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => labels.insert(ada, { name: 'a' }, { onConflict: 'ignore' })),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await usedRows(ada)).toBe(1);
  });

  it('does not count a row that it did not insert towards the quota', async () => {
    await createFour(ada);
    await labels.insert(ada, { name: 'e' });
    expect(await labels.insert(ada, { name: 'e' }, { onConflict: 'ignore' })).toBeUndefined();
    expect(await usedRows(ada)).toBe(MAX_ROWS);
    await expect(labels.insert(ada, { name: 'f' }, { onConflict: 'ignore' })).rejects.toThrow(
      ConflictException,
    );
  });
});

it('is misused by no code that compiles', () => {
  // Never called. `npm run check:types` fails if a line below an expected error compiles.
  const misuse = async (page: PageQuery<Label>) => {
    // @ts-expect-error -- a typo in the sort order
    await labels.findPage('ada', { ...page, sort: '-dueat' });
    // @ts-expect-error -- the owner is an argument
    await labels.findPage('ada', { ...page, sort: 'ownerId' });
    // @ts-expect-error -- a typo in a condition
    await labels.count('ada', { nam: 'a' }, { max: 1 });
    // @ts-expect-error -- the owner is an argument
    await labels.exists('ada', { ownerId: 'bob' });
    // @ts-expect-error -- a value of another type
    await labels.exists('ada', { rank: '1' });
    // @ts-expect-error -- a column that is never null
    await labels.exists('ada', { name: null });
    // @ts-expect-error -- an unknown operator
    await labels.exists('ada', { rank: { above: 1 } });
    // @ts-expect-error -- a list of values of another type
    await labels.findOne('ada', { name: { in: [1] } });
    // @ts-expect-error -- conditions without an id
    await labels.update('ada', { archived: false }, { archived: true });
    // @ts-expect-error -- a typo in a value
    await labels.insert('ada', { nam: 'a' });
    // @ts-expect-error -- a row that exists is returned as undefined
    void (await labels.insert('ada', { name: 'a' }, { onConflict: 'ignore' })).row;
  };
  expect(misuse).toBeDefined();
});

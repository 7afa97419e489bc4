import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { Column, Entity } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../tools/test/database.js';
import { DatabaseModule, InjectOwnedRepository } from '../src/database/database.module.js';
import { IdempotencyService } from '../src/database/idempotency.service.js';
import { OwnedEntity } from '../src/database/owned.entity.js';
import { OwnerScope } from '../src/database/owner-scope.js';
import { OwnedRepository, type Sort, type Values } from '../src/database/owned-repository.js';

@Entity('test_samples')
class Sample extends OwnedEntity {
  @Column({ type: 'numeric', precision: 38, scale: 2, nullable: true })
  amount!: string | null;

  @Column({ type: 'date', nullable: true })
  day!: string | null;

  @Column({ type: 'text', array: true, default: [] })
  tags!: string[];

  @Column({ type: 'integer', array: true, default: [] })
  sizes!: number[];

  @Column({ type: 'jsonb', nullable: true })
  settings!: unknown;
}

/** Types under names that TypeORM accepts and PostgreSQL's catalog doesn't have. */
@Entity('test_aliases')
class Alias extends OwnedEntity {
  @Column({ type: 'int' })
  count!: number;

  @Column()
  flag!: boolean;

  @Column({ type: 'float8' })
  ratio!: number;

  @Column({ type: 'decimal' })
  price!: string;

  @Column({ name: 'seen_at', type: 'timestamp with time zone', precision: 3 })
  seenAt!: string;

  @Column({ type: 'enum', enum: ['small', 'large'], enumName: 'test_size' })
  size!: string;

  @Column({ type: 'interval' })
  duration!: string;

  @Column({ type: 'character varying' })
  label!: string;
}

@Injectable()
class Samples {
  constructor(
    @InjectOwnedRepository(Sample) readonly rows: OwnedRepository<Sample>,
    @InjectOwnedRepository(Alias) readonly aliases: OwnedRepository<Alias>,
    readonly scope: OwnerScope,
    readonly idempotency: IdempotencyService,
  ) {}
}

let database: TestDatabase;
let administrator: pg.Client;
let app: INestApplicationContext;
let samples: Samples;

beforeAll(async () => {
  database = await createTestDatabase();
  administrator = new pg.Client(database.url);
  await administrator.connect();
  await administrator.query(`
    CREATE TABLE test_samples (
      owner_id text NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL DEFAULT 1,
      amount numeric(38,2),
      day date,
      tags text[] NOT NULL DEFAULT '{}',
      sizes integer[] NOT NULL DEFAULT '{}',
      settings jsonb,
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      PRIMARY KEY (owner_id, id)
    )`);
  await administrator.query(`SELECT enable_owner_scope('test_samples')`);
  await administrator.query(`
    CREATE TYPE test_size AS ENUM ('small', 'large');
    CREATE TABLE test_aliases (
      owner_id text NOT NULL,
      id uuid NOT NULL,
      version integer NOT NULL DEFAULT 1,
      count integer NOT NULL,
      flag boolean NOT NULL,
      ratio double precision NOT NULL,
      price numeric NOT NULL,
      seen_at timestamptz(3) NOT NULL,
      size test_size NOT NULL,
      duration interval NOT NULL,
      label varchar NOT NULL,
      created_at timestamptz(3) NOT NULL,
      updated_at timestamptz(3) NOT NULL,
      PRIMARY KEY (owner_id, id)
    );
    SELECT enable_owner_scope('test_aliases')`);
  const preparedStatements = process.env.DATABASE_PREPARED_STATEMENTS !== 'false';
  @Module({
    imports: [
      DatabaseModule.forRoot(
        { url: database.url, preparedStatements },
        { maxRows: 1_000, maxBytes: 1_000_000 },
      ),
      DatabaseModule.forFeature(Sample, Alias),
    ],
    providers: [Samples],
  })
  class SamplesModule {}
  app = await NestFactory.createApplicationContext(SamplesModule, { logger: false });
  samples = app.get(Samples);
});

afterAll(async () => {
  await app.close();
  await administrator.end();
  await database.drop();
});

const insert = (ownerId: string, values: Values<Sample>) => samples.rows.insert(ownerId, values);

async function readInPages(ownerId: string, sort: Sort<Sample>, property: 'amount' | 'day') {
  const values: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await samples.rows.findPage(ownerId, { limit: 1, sort, cursor });
    values.push(...page.items.map((item) => item[property]));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return values;
}

describe('a list with one row per page', () => {
  it('is sorted by exact numbers, not by text or rounded numbers', async () => {
    const sorted = ['-10.00', '-9.00', '0.00', '9.50', '10.00', '9007199254740992.01', '9007199254740992.02'];
    for (const amount of [...sorted.toReversed(), null]) {
      await insert('numbers', { amount });
    }
    expect(await readInPages('numbers', 'amount', 'amount')).toEqual([...sorted, null]);
    expect(await readInPages('numbers', '-amount', 'amount')).toEqual([...sorted.toReversed(), null]);
  });

  it('is sorted by dates, which have no time zone', async () => {
    const sorted = ['0001-01-01', '2026-03-29', '2026-12-31', '9999-12-31'];
    for (const day of [...sorted.toReversed(), null]) {
      await insert('dates', { day });
    }
    expect(await readInPages('dates', 'day', 'day')).toEqual([...sorted, null]);
  });

  it.each<['amount' | 'day', string | number]>([
    ['amount', 'NaN'],
    ['amount', '1e3'],
    ['amount', 7],
    ['day', '2026-02-30'],
    ['day', 'infinity'],
    ['day', 'now'],
  ])('rejects a forged cursor of the order %s with the value %s', async (sort, value) => {
    const list = JSON.stringify(['"test_samples"', 'ada', sort, undefined, undefined]);
    const position = JSON.stringify([value, '0198c5a4-7d0e-7000-8000-000000000000']);
    const checksum = createHash('sha256').update(`${list}\n${position}`).digest('base64url').slice(0, 16);
    const cursor = Buffer.from(checksum + position).toString('base64url');
    const page = samples.rows.findPage('ada', { limit: 1, sort, cursor });
    await expect(page).rejects.toThrow('The cursor does not belong to this list.');
  });
});

describe('an array', () => {
  it('keeps every character, and lists are filtered by an item', async () => {
    const tags = ['a', 'NULL', '', '{}', '"', '\\', 'ä,b', "'", '😀'];
    const { row } = await insert('tags', { tags });
    await insert('tags', { tags: ['other'] });
    expect(row.tags).toEqual(tags);
    for (const tag of tags) {
      const { items } = await samples.rows.findPage('tags', {
        limit: 10,
        sort: 'createdAt',
        where: { tags: [tag] },
      });
      expect(items).toEqual([row]);
    }
  });
});

describe('JSON', () => {
  it.each([[{ a: [1, 'b', null] }], [[]], [['a']], [[{ a: 1 }]], ['text'], ['"'], [7], [true], [null]])(
    'keeps %j',
    async (settings) => {
      const { row } = await insert('json', { settings });
      expect(row.settings).toEqual(settings);
      const updated = await samples.rows.update('json', row.id, { settings: [settings] });
      expect(updated?.row.settings).toEqual([settings]);
    },
  );
});

describe('a column whose type has another name in the entity', () => {
  const values = (count: number) => ({
    count,
    flag: true,
    ratio: count + 0.5,
    price: `${count}.10`,
    seenAt: `2026-12-0${count}T00:00:00.000Z`,
    size: 'large',
    duration: '1 day',
    label: 'ä',
  });

  it.each(['count', 'flag', 'ratio', 'price', 'seenAt', 'size', 'label'] as const)(
    'sorts a list with one row per page: %s',
    async (sort) => {
      const ownerId = `sort-${sort}`;
      const ids = [];
      for (const count of [1, 2, 3]) {
        ids.push((await samples.aliases.insert(ownerId, values(count))).row.id);
      }
      const read = [];
      let cursor: string | undefined;
      do {
        const page = await samples.aliases.findPage(ownerId, { limit: 1, sort, cursor });
        read.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(read).toEqual(ids);
    },
  );

  it('counts the same bytes in a repository and in a scope', async () => {
    const { row } = await samples.aliases.insert('aliases', values(1));
    await samples.aliases.update('aliases', row.id, { ...values(2), label: 'long' });
    await samples.scope.run('aliases', async (manager) => {
      await manager.update(Alias, { id: row.id }, { ...values(3), label: 'longer' });
      await manager.insert(Alias, values(4));
    });
    const readUsage = async () =>
      (await administrator.query(`SELECT rows::int, bytes::int FROM owner_usage WHERE owner_id = 'aliases'`))
        .rows;
    const bytes = 'longer'.length + 'ä'.length + 1 + 2 * '3.10'.length;
    expect(await readUsage()).toEqual([{ rows: 2, bytes }]);
    await samples.aliases.remove('aliases', row.id);
    await samples.scope.run('aliases', (manager) => manager.query('DELETE FROM test_aliases'));
    expect(await readUsage()).toEqual([{ rows: 0, bytes: 0 }]);
  });

  it('reads timestamps as text in a scope', async () => {
    await samples.aliases.insert('timestamps', values(1));
    const rows = await samples.scope.run('timestamps', (manager) => manager.find(Alias));
    expect(rows.map(({ seenAt }) => seenAt)).toEqual(['2026-12-01T00:00:00.000Z']);
  });
});

it('counts the bytes of every type', async () => {
  const { row } = await insert('quota', {
    amount: '1.50',
    day: '2026-12-31',
    tags: ['ä'],
    sizes: [1, 2],
    settings: { a: 'b' },
  });
  await samples.rows.update('quota', row.id, { tags: ['a', 'b'], amount: null });
  const { rows } = await administrator.query(
    `SELECT bytes::int AS counted, octet_length('{a,b}') + octet_length('{1,2}') + octet_length('{"a": "b"}') AS stored
     FROM owner_usage WHERE owner_id = 'quota'`,
  );
  expect(rows).toEqual([{ counted: rows[0].stored, stored: rows[0].stored }]);
  await samples.rows.remove('quota', row.id);
  const after = await administrator.query(`SELECT bytes::int FROM owner_usage WHERE owner_id = 'quota'`);
  expect(after.rows).toEqual([{ bytes: 0 }]);
});

it('replays a request with an Idempotency-Key, without storing its values', async () => {
  const values = {
    amount: '1.50',
    day: '2026-12-31',
    tags: ['a'],
    settings: { b: [1, { c: 'd' }], a: null },
  };
  const send = () =>
    samples.idempotency.runOnce('replay', 'key', ['samples', values], (transaction) =>
      samples.rows.withTransaction(transaction).insert('replay', values),
    );
  const [first, second] = [await send(), await send()];
  expect(second).toEqual(first);
  const { rows } = await administrator.query(
    `SELECT result::json -> 'given' AS given FROM idempotency_keys WHERE owner_id = 'replay'`,
  );
  expect(rows[0].given.toSorted()).toEqual(['amount', 'day', 'settings', 'tags']);
});

import type { Type } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.options.js';
import { getLinkTables } from '../src/database/linked-ids.decorator.js';
import type { OwnedEntity } from '../src/database/owned.entity.js';
import { OwnedRepository, type PageQuery, type Where } from '../src/database/owned-repository.js';
import { isPreparable } from '../src/database/postgres-client.js';
import { withRelatedEntities } from './related-entities.js';

/** Rows on a page. */
export const LIMIT = 20;

/** Rows to skip with one query on the way to a page. */
const SKIP = 10_000;

export type List<T extends OwnedEntity> = Omit<PageQuery<T>, 'limit' | 'cursor'>;

/** The repository of an entity, over a connection that counts the blocks its statements read. */
export interface MeasuredRepository<T extends OwnedEntity> {
  client: pg.Client;
  /** The most blocks that a page may read: one per row, a few for the index, and two per row and many-to-many reference. */
  maxPageRead: number;
  /** Returns the blocks of tables and indexes that PostgreSQL reads for a page, and the rows on it. */
  readPage(ownerId: string, list: List<T>, cursor?: string): Promise<{ read: number; rows: number }>;
  /** Returns the blocks that PostgreSQL reads to count up to `max` rows, and their number. */
  count(ownerId: string, where: Where<T>, max: number): Promise<{ read: number; rows: number }>;
  /** Returns the cursors after the given numbers of rows. */
  cursorsAfter(ownerId: string, list: List<T>, places: number[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a database with the schema of the api. */
export async function openMeasuredRepository<T extends OwnedEntity>(
  url: string,
  entity: Type<T>,
): Promise<MeasuredRepository<T>> {
  const options = dataSourceOptions({ url, poolSize: 1, preparedStatements: false });
  const dataSource = await new DataSource({ ...options, entities: withRelatedEntities(entity) }).initialize();
  const client = new pg.Client(url);
  await client.connect();
  /** The blocks read so far, or undefined while nothing is counted. */
  let read: number | undefined;

  const repository = new OwnedRepository<T>(
    {
      async query(text, parameters = []) {
        if (read !== undefined) {
          read += await blocksRead(client, text, parameters);
        }
        return (await client.query({ text, values: parameters, types: options.extra.types })).rows;
      },
    },
    dataSource.getMetadata(entity),
  );

  return {
    client,
    maxPageRead: LIMIT + 12 + 2 * (LIMIT + 1) * getLinkTables(entity).size,
    async readPage(ownerId, list, cursor) {
      read = 0;
      const { items } = await repository.findPage(ownerId, { ...list, limit: LIMIT, cursor });
      const page = { read, rows: items.length };
      read = undefined;
      return page;
    },
    async count(ownerId, where, max) {
      read = 0;
      const rows = await repository.count(ownerId, where, { max });
      const counted = { read, rows };
      read = undefined;
      return counted;
    },
    async cursorsAfter(ownerId, list, places) {
      const cursors: string[] = [];
      let cursor: string | undefined;
      let passed = 0;
      for (const place of places) {
        while (passed < place) {
          const limit = Math.min(SKIP, place - passed);
          cursor = (await repository.findPage(ownerId, { ...list, limit, cursor })).nextCursor!;
          passed += limit;
        }
        cursors.push(cursor!);
      }
      return cursors;
    },
    async close() {
      await dataSource.destroy();
      await client.end();
    },
  };
}

/** Returns the blocks that a statement reads. If the api prepares it, for the worse plan: with or without its values. */
async function blocksRead(client: pg.Client, text: string, parameters: unknown[]): Promise<number> {
  const explain = 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)';
  if (!isPreparable(text)) {
    return blocksOf(await client.query(`${explain} ${text}`, parameters));
  }
  const values = parameters.map((value) => (value === null ? 'NULL' : client.escapeLiteral(String(value))));
  const blocks: number[] = [];
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    // One transaction, because a connection pooler may use another session after it.
    const [, , , plan] = (await client.query(
      `BEGIN; SET LOCAL plan_cache_mode = ${mode}; PREPARE asked AS ${text}; ` +
        `${explain} EXECUTE asked (${values.join(', ')}); DEALLOCATE asked; COMMIT`,
    )) as unknown as pg.QueryResult[];
    blocks.push(blocksOf(plan!));
  }
  return Math.max(...blocks);
}

function blocksOf({ rows }: pg.QueryResult): number {
  const plan = rows[0]['QUERY PLAN'][0].Plan as { 'Shared Hit Blocks': number; 'Shared Read Blocks': number };
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

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

/** Blocks of tables and indexes that PostgreSQL reads, with a plan for the values and with one for all values. */
export type BlocksRead = [custom: number, generic: number];

/** The repository of an entity, over a connection that counts the blocks its statements read. */
export interface MeasuredRepository<T extends OwnedEntity> {
  client: pg.Client;
  /** The most blocks that a page may read: one per row, a few for the index, and two per row and many-to-many reference. */
  maxPageRead: number;
  /** Returns what PostgreSQL reads for a page, and the rows on it. */
  readPage(ownerId: string, list: List<T>, cursor?: string): Promise<{ read: BlocksRead; rows: number }>;
  /** Returns what PostgreSQL reads to count up to `max` rows, and their number. */
  count(ownerId: string, where: Where<T>, max: number): Promise<{ read: BlocksRead; rows: number }>;
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
  let read: BlocksRead | undefined;

  const repository = new OwnedRepository<T>(
    {
      async query(text, parameters = []) {
        if (read !== undefined) {
          const [custom, generic] = await blocksRead(client, text, parameters);
          read = [read[0] + custom, read[1] + generic];
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
      read = [0, 0];
      const { items } = await repository.findPage(ownerId, { ...list, limit: LIMIT, cursor });
      const page = { read, rows: items.length };
      read = undefined;
      return page;
    },
    async count(ownerId, where, max) {
      read = [0, 0];
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

/** Returns what a statement reads. Statements that the api doesn't prepare are always planned for their values. */
async function blocksRead(client: pg.Client, text: string, parameters: unknown[]): Promise<BlocksRead> {
  const explain = 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)';
  if (!isPreparable(text)) {
    const blocks = blocksOf(await client.query(`${explain} ${text}`, parameters));
    return [blocks, blocks];
  }
  const values = parameters.map((value) => (value === null ? 'NULL' : client.escapeLiteral(String(value))));
  const explainPrepared = async (mode: string): Promise<number> => {
    // One transaction, because a connection pooler may use another session after it.
    const [, , , plan] = (await client.query(
      `BEGIN; SET LOCAL plan_cache_mode = ${mode}; PREPARE asked AS ${text}; ` +
        `${explain} EXECUTE asked (${values.join(', ')}); DEALLOCATE asked; COMMIT`,
    )) as unknown as pg.QueryResult[];
    return blocksOf(plan!);
  };
  return [await explainPrepared('force_custom_plan'), await explainPrepared('force_generic_plan')];
}

function blocksOf({ rows }: pg.QueryResult): number {
  const plan = rows[0]['QUERY PLAN'][0].Plan as { 'Shared Hit Blocks': number; 'Shared Read Blocks': number };
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

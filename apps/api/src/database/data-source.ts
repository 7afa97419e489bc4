import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.options.js';

/**
 * The data source of TypeORM's command line, `migrate.ts` and the seed. It reads DATABASE_URL.
 * Prepared statements are off: a short program gains nothing from them, and behind a
 * connection pooler their names may already be in use.
 */
export default new DataSource({
  ...dataSourceOptions({
    url: process.env.DATABASE_URL ?? '',
    // A migration, the lock that makes others wait, and the query that finds out which session blocks it.
    poolSize: 3,
    preparedStatements: false,
    timeouts: false,
  }),
  entities: [join(import.meta.dirname, '..', '**', '*.entity.{ts,js}')],
});

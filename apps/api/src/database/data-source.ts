import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.options.js';

/**
 * The data source of TypeORM's command line and of `migrate.ts`; it reads DATABASE_URL. What runs once has no use for
 * prepared statements, and behind a pooler the next program would find them taken.
 */
export default new DataSource({
  ...dataSourceOptions({
    url: process.env.DATABASE_URL ?? '',
    poolSize: 2,
    preparedStatements: false,
    timeLimited: false,
  }),
  entities: [join(import.meta.dirname, '..', '**', '*.entity.{ts,js}')],
});

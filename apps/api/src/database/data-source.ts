import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.options.js';

/** The data source of TypeORM's command line and of `migrate.ts`; it reads DATABASE_URL. */
export default new DataSource({
  ...dataSourceOptions({ url: process.env.DATABASE_URL ?? '', poolSize: 2, timeLimited: false }),
  entities: [join(import.meta.dirname, '..', '**', '*.entity.{ts,js}')],
});

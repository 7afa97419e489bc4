import { prepareAppRole } from '@app/server/postgres';
import type { DataSource } from 'typeorm';

export interface MigrationUrls {
  DATABASE_URL: string;
  MIGRATION_DATABASE_URL?: string;
}

/** Opens the data source for migrations. Tables that they create belong to the role in DATABASE_URL. */
export async function openMigrationDataSource(env: MigrationUrls): Promise<DataSource> {
  process.env.DATABASE_URL = await prepareAppRole({
    variable: 'DATABASE_URL',
    migrationVariable: 'MIGRATION_DATABASE_URL',
    url: env.DATABASE_URL,
    migrationUrl: env.MIGRATION_DATABASE_URL,
    schema: 'public',
  });
  const { default: dataSource } = await import('./data-source.js');
  return dataSource.initialize();
}

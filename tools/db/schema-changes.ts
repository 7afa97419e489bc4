import { startThrowawayPostgres } from '../postgres/embedded-postgres.js';

export interface SchemaChanges {
  up: string[];
  down: string[];
}

/**
 * What the api's entities ask for beyond what its migrations make, as SQL. Both are compared on a throw-away server,
 * so neither the developer's data nor their state matter.
 */
export async function findSchemaChanges(): Promise<SchemaChanges> {
  const postgres = await startThrowawayPostgres();
  try {
    process.env.DATABASE_URL = postgres.url;
    const { default: dataSource } = await import('../../apps/api/src/database/data-source.js');
    await dataSource.initialize();
    try {
      await dataSource.runMigrations({ transaction: 'all' });
      const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
      return {
        up: upQueries.map(({ query }) => query),
        down: downQueries.map(({ query }) => query).toReversed(),
      };
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await postgres.stop();
  }
}

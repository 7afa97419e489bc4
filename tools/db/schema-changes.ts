import { runPendingMigrations } from '../../apps/api/src/database/migrator.js';
import { findPolicyProblems } from '../../apps/api/src/database/owner-policies.js';
import { startThrowawayPostgres } from '../postgres/embedded-postgres.js';

export interface SchemaChanges {
  up: string[];
  down: string[];
}

/**
 * Returns the SQL that turns the schema of the migrations into the schema of the entities, with the row-level security of
 * owner scopes. Compares them on a throw-away server, so the development database does not matter.
 */
export async function findSchemaChanges(): Promise<SchemaChanges> {
  const postgres = await startThrowawayPostgres();
  try {
    process.env.DATABASE_URL = postgres.url;
    const { default: dataSource } = await import('../../apps/api/src/database/data-source.js');
    await dataSource.initialize();
    try {
      await runPendingMigrations(dataSource);
      const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
      const policies = await findPolicyProblems(dataSource);
      return {
        up: [...upQueries.map(({ query }) => query), ...policies.map(({ fix }) => fix)],
        down: [
          ...policies.flatMap(({ revert }) => revert ?? []),
          ...downQueries.map(({ query }) => query).toReversed(),
        ],
      };
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await postgres.stop();
  }
}

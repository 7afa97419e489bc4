import { parseArgs } from 'node:util';
import { openMigrationDataSource } from '../../apps/api/src/database/migration-data-source.js';
import { revertLastMigration } from '../../apps/api/src/database/migrator.js';
import { run, withDatabases } from './command.js';

/** `npm run db:revert`: reverts the last migration of the api. */
await run(() => {
  // Rejects arguments: `-- --help` must not revert anything.
  parseArgs();
  return withDatabases(async (_, { settings }) => {
    const dataSource = await openMigrationDataSource(settings);
    try {
      const name = await revertLastMigration(dataSource);
      console.log(name ? `api: reverted ${name}` : 'api: no migration to revert');
    } finally {
      await dataSource.destroy();
    }
  });
});

import { parseArgs } from 'node:util';
import { revertLastMigration } from '../../apps/api/src/database/migrator.js';
import { run, withDatabases } from './command.js';

/** `npm run db:revert`: reverts the last migration of the api. */
await run(() => {
  // Rejects arguments: `-- --help` must not revert anything.
  parseArgs();
  return withDatabases(async (env) => {
    process.env.DATABASE_URL = env.DATABASE_URL;
    const { default: dataSource } = await import('../../apps/api/src/database/data-source.js');
    await dataSource.initialize();
    try {
      const name = await revertLastMigration(dataSource);
      console.log(name ? `api: reverted ${name}` : 'api: no migration to revert');
    } finally {
      await dataSource.destroy();
    }
  });
});

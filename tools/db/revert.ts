import { run, withDatabases } from './command.js';

/** `npm run db:revert`: reverts the last migration of the api. */
await run(() =>
  withDatabases(async (env) => {
    process.env.DATABASE_URL = env.DATABASE_URL;
    const { default: dataSource } = await import('../../apps/api/src/database/data-source.js');
    await dataSource.initialize();
    try {
      const [last] = await dataSource.query(
        `SELECT name FROM ${dataSource.options.migrationsTableName} ORDER BY id DESC LIMIT 1`,
      );
      await dataSource.undoLastMigration({ transaction: 'all' });
      console.log(last ? `api: reverted ${last.name}` : 'api: no migration to revert');
    } finally {
      await dataSource.destroy();
    }
  }),
);

import { run, withDatabases } from './command.js';

/** `npm run db:url`: prints the address of the development database, with its password. */
await run(() =>
  withDatabases(async (_, { settings, embedded }) => {
    console.log(settings.MIGRATION_DATABASE_URL ?? settings.DATABASE_URL);
    if (embedded) {
      console.error('The embedded database runs while npm start or npm run db:psql runs.');
    }
  }),
);

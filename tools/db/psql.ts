import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { run, withDatabases } from './command.js';

/** `npm run db:psql [-- ARGUMENT…]`: opens psql with the development database, which runs as long as psql does. */
await run(() =>
  withDatabases(async (_, { settings }) => {
    const url = settings.MIGRATION_DATABASE_URL ?? settings.DATABASE_URL;
    // In psql, Ctrl-C cancels a query.
    process.on('SIGINT', () => {});
    const psql = spawn('psql', [...process.argv.slice(2), url], { stdio: 'inherit' });
    await once(psql, 'close').catch(() => {
      throw new Error(
        'psql is not installed: install the client of PostgreSQL, or use another one while npm start runs, with the ' +
          'address that npm run db:url prints.',
      );
    });
  }),
);

import { confirm } from '../confirm.js';
import { removePostgres } from '../postgres/remove.js';
import { readSettings } from '../settings.js';
import { run } from './command.js';
import { embeddedDataDirectory } from './databases.js';

/** `npm run db:reset [-- --yes]`: deletes the embedded database of this clone. */
await run(async () => {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('db:reset is not available in production.');
  }
  if (readSettings().DATABASE_URL) {
    throw new Error(
      'DATABASE_URL is set, and db:reset deletes only the embedded database: unset DATABASE_URL first.',
    );
  }
  if (!process.argv.includes('--yes') && !(await confirm(`Delete all data in ${embeddedDataDirectory}?`))) {
    throw new Error('Nothing was deleted.');
  }
  await removePostgres(embeddedDataDirectory);
  console.log('Deleted the database. The next npm start creates a new one.');
});

import { confirm } from '../confirm.js';
import { removePostgres } from '../postgres/remove.js';
import { readSettings } from '../settings.js';
import { run } from './command.js';
import { embeddedDataDirectory } from './databases.js';

/** `npm run db:reset [-- --yes]`: removes the embedded database of this clone; the next start makes a new one. */
await run(async () => {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('There is nothing to reset in production.');
  }
  if (readSettings().DATABASE_URL) {
    throw new Error(
      'DATABASE_URL names a database that is not of this clone: only the embedded one is ever reset.',
    );
  }
  if (!process.argv.includes('--yes') && !(await confirm(`Remove all data in ${embeddedDataDirectory}?`))) {
    throw new Error('Nothing was removed.');
  }
  await removePostgres(embeddedDataDirectory);
  console.log('The database is removed. The next "npm start" makes a new one.');
});

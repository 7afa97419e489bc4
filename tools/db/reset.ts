import { createInterface } from 'node:readline/promises';
import { removePostgres } from '../postgres/remove.js';
import { readSettings } from '../settings.js';
import { run } from './command.js';
import { embeddedDataDirectory } from './databases.js';

/** `npm run db:reset [-- --yes]`: removes the embedded database of this clone; the next start makes a new one. */
await run(async () => {
  if (process.env.NODE_ENV === 'production') throw new Error('There is nothing to reset in production.');
  if (readSettings().DATABASE_URL) {
    throw new Error(
      'DATABASE_URL names a database that is not of this clone: only the embedded one is ever reset.',
    );
  }
  if (!process.argv.includes('--yes') && !(await confirms())) throw new Error('Nothing was removed.');
  await removePostgres(embeddedDataDirectory);
  console.log('The database is removed. The next "npm start" makes a new one.');
});

async function confirms(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const question = `Remove all data in ${embeddedDataDirectory}? [y/N] `;
    return /^y(es)?$/i.test((await Promise.race([terminal.question(question), closed])).trim());
  } finally {
    terminal.close();
  }
}

import { existsSync, realpathSync, rmSync } from 'node:fs';
import { isPortInUse } from '../port-in-use.js';
import { readPostmaster } from './postmaster.js';

/**
 * Deletes an embedded database with all its data.
 *
 * @throws Error if its server is running.
 */
export async function removePostgres(dataDirectory: string): Promise<void> {
  const postmaster = readPostmaster(dataDirectory);
  if (postmaster && (await isPortInUse(postmaster.port))) {
    throw new Error('The database is in use: stop npm start with Ctrl-C first.');
  }
  // The data is behind a link if the account of the server cannot access this folder.
  if (existsSync(dataDirectory)) {
    remove(realpathSync(dataDirectory));
  }
  remove(dataDirectory);
  remove(`${dataDirectory}.json`);
  remove(`${dataDirectory}.log`);
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10 });
}

import { ensureSecret, readSettings } from '../settings.js';
import { type Databases, openDatabases } from './databases.js';

/** Runs a command and exits with 0, or with 1 and the message of its error. */
export async function run(command: () => Promise<void>): Promise<never> {
  try {
    await command();
    process.exit(0);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

/**
 * Runs a command with the databases of the settings, or the embedded one. In production, only the environment counts:
 * `.env` is not read, and no embedded server starts.
 */
export async function withDatabases(
  command: (env: NodeJS.ProcessEnv, databases: Databases) => Promise<void>,
): Promise<void> {
  const production = process.env.NODE_ENV === 'production';
  const settings = production ? process.env : readSettings();
  if (production && !settings.DATABASE_URL) {
    throw new Error('DATABASE_URL is missing: set it. In production there is no embedded database.');
  }
  if (!production) {
    ensureSecret(settings);
  }
  const databases = await openDatabases(settings);
  try {
    await command(
      { ...settings, ...databases.settings, NODE_ENV: settings.NODE_ENV ?? 'development' },
      databases,
    );
  } finally {
    await databases.stop();
  }
}

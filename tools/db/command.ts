import { ensureSecret, readSettings } from '../settings.js';
import { type Databases, openDatabases } from './databases.js';

/** Runs a command and ends this program: with 1 and one sentence where the command cannot be done. */
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
 * Runs a command with the databases of this clone, or of the environment. In production that is the environment alone:
 * nothing is read from `.env`, and nothing embedded starts.
 */
export async function withDatabases(
  command: (env: NodeJS.ProcessEnv, databases: Databases) => Promise<void>,
): Promise<void> {
  const production = process.env.NODE_ENV === 'production';
  const settings = production ? process.env : readSettings();
  if (production && !settings.DATABASE_URL) {
    throw new Error('DATABASE_URL is missing: in production nothing stands in for it.');
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

import { type ConnectionSource, describeConnectionError } from './postgres/connection-error.js';
import { StartupError } from './startup-error.js';

const DEFAULT_SOURCE: ConnectionSource = { variable: 'DATABASE_URL' };

/**
 * Runs a command-line program. If it fails, prints why and exits with 1, even if a connection is still open.
 * @param source Where the program connects to.
 */
export async function runCommand(command: () => Promise<void>, source = DEFAULT_SOURCE): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(describeError(error, source));
    process.exit(1);
  }
}

/** Returns what to do about an error that the user can fix, or the stack of another error. */
export function describeError(error: unknown, source = DEFAULT_SOURCE): string {
  if (error instanceof StartupError) {
    return error.message;
  }
  return describeConnectionError(error, source) ?? (Object(error) as Error).stack ?? String(error);
}

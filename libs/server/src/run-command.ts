import { describeConnectionError } from './postgres/connection-error.js';
import { StartupError } from './startup-error.js';

/** Runs a command-line program. If it fails, prints why and exits with 1, even if a connection is still open. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(describeError(error));
    process.exit(1);
  }
}

/** Returns what to do about an error that the user can fix, or the stack of another error. */
export function describeError(error: unknown): string {
  if (error instanceof StartupError) {
    return error.message;
  }
  return describeConnectionError(error) ?? (Object(error) as Error).stack ?? String(error);
}

import 'server-only';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OutboxMessage, parseMessage } from '../message';

const maxMessages = 20;

/** A message with its HTML, exactly as it would have been sent. Earlier versions of the app wrote no HTML. */
export type OutboxEmail = OutboxMessage & { html?: string };

/** Reads the newest emails that the auth server has written to its outbox in development. */
export async function readOutbox(): Promise<OutboxEmail[]> {
  const folder = join(process.cwd(), '.data', 'outbox');
  const files = await readdir(folder).catch(() => []);
  // The names begin with a timestamp.
  const newest = files
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .toReversed()
    .slice(0, maxMessages);
  return Promise.all(
    newest.map(async (file) => ({
      ...parseMessage(file, await readFile(join(folder, file), 'utf8')),
      html: await readFile(join(folder, file.replace(/\.txt$/, '.html')), 'utf8').catch(() => undefined),
    })),
  );
}

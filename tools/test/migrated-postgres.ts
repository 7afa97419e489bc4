import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nativeDirectory } from '../postgres/binaries.js';
import {
  type EmbeddedPostgres,
  startKeptPostgres,
  startThrowawayPostgres,
} from '../postgres/embedded-postgres.js';
import { serverAccount } from '../postgres/server-account.js';
import { root, stateDirectory } from '../project.js';
import { isAlive } from './test-databases.js';

const folder = join(stateDirectory, 'test-postgres');

/**
 * Starts a server for tests on which `migrate` has run. The files of the first such server are kept, and copied by later
 * starts until a migration program, a file that it imports, or a dependency changes.
 *
 * @param programs paths of the migration programs
 */
export async function startMigratedPostgres(
  programs: string[],
  migrate: (url: string) => Promise<void>,
): Promise<EmbeddedPostgres> {
  const kept = join(folder, fingerprint(programs));
  if (existsSync(kept)) {
    return startThrowawayPostgres({ copyOf: kept });
  }
  // As root without user namespaces, the server runs under another account, which can't read a copy.
  if (serverAccount(nativeDirectory(), folder).uid !== undefined) {
    const server = await startThrowawayPostgres();
    await migrate(server.url);
    return server;
  }
  const unfinished = `${kept}.${process.pid}`;
  const server = await startKeptPostgres(unfinished);
  try {
    await migrate(server.url);
    await server.stop();
    removeOutdated();
    renameSync(unfinished, kept);
  } catch (error) {
    await server.stop();
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
  return startThrowawayPostgres({ copyOf: kept });
}

/** Removes all files except those of test runs that create a server now. */
function removeOutdated(): void {
  for (const name of readdirSync(folder)) {
    const creator = name.split('.')[1];
    if (!creator || !isAlive(Number(creator))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

function fingerprint(programs: string[]): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const seen = new Set<string>();
  const add = (path: string) => {
    if (seen.has(path)) {
      return;
    }
    seen.add(path);
    const source = readFileSync(join(root, path), 'utf8');
    hash.update(source);
    for (const [, imported = ''] of source.matchAll(/(?:from|import|import\()\s*'(\.[^']+|@app\/[^']+)'/g)) {
      add(
        imported.startsWith('@app/')
          ? `libs/${imported.slice('@app/'.length)}/src/index.ts`
          : join(dirname(path), imported).replace(/\.js$/, '.ts'),
      );
    }
  };
  programs.forEach(add);
  return hash.digest('hex').slice(0, 16);
}

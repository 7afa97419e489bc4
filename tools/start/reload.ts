import { join, sep } from 'node:path';
import { watch } from 'chokidar';
import { root } from '../project.js';
import type { App } from './app.js';
import { print } from './output.js';

/** Editors save in several steps, and a branch changes many files at once. */
const settleMs = 150;
/** Requests in flight are given this long when an app is started anew. */
const stopTimeoutMs = 3_000;

interface Reloaded {
  app: App;
  folders: string[];
  /** Brings its schema up to date: run first where a migration changed. */
  migrate(): Promise<void>;
}

/** Starts an app anew when a file in one of its folders changes. What fails to start waits for the next change. */
export function reloadOnChange({ app, folders, migrate }: Reloaded): () => Promise<void> {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let busy = false;

  const restart = async (): Promise<void> => {
    if (busy || changed.size === 0) return;
    busy = true;
    const migrationsChanged = [...changed].some((file) => file.includes(`${sep}migrations${sep}`));
    changed = new Set();
    const startedAt = performance.now();
    try {
      await app.stop(stopTimeoutMs);
      if (migrationsChanged) await migrate();
      await app.start();
      print(app.name, `reloaded in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    } catch {
      if (changed.size === 0) print(app.name, 'does not start; it tries again when you change its code.');
    }
    busy = false;
    await restart();
  };

  const watcher = watch(
    folders.map((folder) => join(root, folder)),
    { ignoreInitial: true, ignored: (path, stats) => Boolean(stats?.isFile()) && !isSource(path) },
  );
  watcher.on('all', (_event, path) => {
    if (!app.wasStarted || !isSource(path)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      // An app that does not come up with the code as it was would keep its successor waiting.
      if (busy) app.kill();
      void restart();
    }, settleMs);
  });
  return () => {
    clearTimeout(timer);
    return watcher.close();
  };
}

function isSource(path: string): boolean {
  return /\.(ts|json)$/.test(path) && !path.endsWith('spec.ts');
}

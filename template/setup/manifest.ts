/** The members of package.json that setup changes. */
export interface Manifest {
  name: string;
  description?: string;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides: Record<string, unknown>;
}

/** Many scripts begin with it. A script that does nothing else is useless. */
const versionCheck = 'node tools/node-version.js';

/** Removes the commands that use one of the folders from the scripts, then the commands that run a removed script. */
export function removeScripts({ scripts }: Manifest, folders: string[]): void {
  const isGone = (command: string) => {
    const called = /^npm run ([\w:-]+)/.exec(command)?.[1];
    return (
      folders.some((folder) => new RegExp(`[ =]${folder}(/|$| )`).test(command)) ||
      (called !== undefined && !(called in scripts))
    );
  };
  let before: string;
  do {
    before = JSON.stringify(scripts);
    for (const [name, script] of Object.entries(scripts)) {
      const kept = script.split(' && ').filter((command) => !isGone(command));
      if (kept.some((command) => command !== versionCheck)) {
        scripts[name] = kept.join(' && ');
      } else {
        delete scripts[name];
      }
    }
  } while (JSON.stringify(scripts) !== before);
}

/**
 * Removes the packages that only the removed sources import.
 *
 * @param notImported further packages that are no longer needed
 */
export function removePackages(
  { dependencies, devDependencies, overrides }: Manifest,
  sources: { removed: string; remaining: string },
  notImported: string[],
): void {
  for (const packages of [dependencies, devDependencies]) {
    for (const name of Object.keys(packages)) {
      const imported = name.replace(/^@types\//, '');
      if (
        notImported.includes(name) ||
        (imports(sources.removed, imported) && !imports(sources.remaining, imported))
      ) {
        delete packages[name];
        delete overrides[name];
      }
    }
  }
}

function imports(sources: string, name: string): boolean {
  return new RegExp(`['"]${name}(/[^'"]*)?['"]`).test(sources);
}

/**
 * Copies the packages that some code imports, with their dependencies, from `node_modules/` to `packages/` for an image.
 * Usage: `node deploy/packages.mjs FOLDER_OR_FILE…`
 */
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that Nest loads by a name that no import contains. */
const unnamed = ['@fastify/static'];

/** @type {{ packages: Record<string, { dependencies?: object, optionalDependencies?: object, peerDependencies?: object, peerDependenciesMeta?: Record<string, { optional?: boolean }> }> }} */
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const declared = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies);

const sources = process.argv
  .slice(2)
  .flatMap(filesIn)
  .map((path) => readFileSync(path, 'utf8'));
const imported = declared.filter((name) => {
  const specifier = new RegExp(`['"]${name}(/[^'"]*)?['"]`);
  return sources.some((source) => specifier.test(source));
});
const needed = new Set();
for (const name of [...imported, ...unnamed]) {
  add(name, '');
}
for (const path of needed) {
  // A nested package is copied with the one that contains it.
  if (!path.slice('node_modules/'.length).includes('/node_modules/') && existsSync(path)) {
    cpSync(path, path.replace('node_modules', 'packages'), { recursive: true, filter: isUsed });
  }
}
console.log(`${needed.size} packages, for ${imported.join(', ')}`);

/**
 * Omits types, source maps and readmes, which only developers need.
 *
 * @param {string} path
 */
function isUsed(path) {
  return !/\.(d\.[cm]?ts|map)$|\/(readme|changelog|history)(\.\w+)?$/i.test(path);
}

/**
 * Resolves a name like Node: in the importing package, then in each package around it.
 *
 * @param {string} name
 * @param {string} from
 */
function add(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = packages[path];
    if (found && !needed.has(path)) {
      needed.add(path);
      const peers = Object.keys(found.peerDependencies ?? {}).filter(
        (peer) => !found.peerDependenciesMeta?.[peer]?.optional,
      );
      for (const next of [
        ...Object.keys(found.dependencies ?? {}),
        ...Object.keys(found.optionalDependencies ?? {}),
        ...peers,
      ]) {
        add(next, path);
      }
    }
    if (found || folder === '') {
      return;
    }
  }
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.([cm]?js|tsx?|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Copies the packages that some code imports, and their dependencies, from `node_modules/` to `packages/` for an image:
 * `node deploy/packages.mjs FOLDER_OR_FILE…`.
 */
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Packages that NestJS loads by itself, without an import in the code. */
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
for (const name of [...imported, ...unnamed]) add(name, '');
for (const path of needed) {
  // A nested package is copied with its parent.
  if (!path.slice('node_modules/'.length).includes('/node_modules/') && existsSync(path))
    cpSync(path, path.replace('node_modules', 'packages'), { recursive: true, filter: isUsed });
}
console.log(`${needed.size} packages, for ${imported.join(', ')}`);

/**
 * Leaves out types, source maps and readmes.
 *
 * @param {string} path
 */
function isUsed(path) {
  return !/\.(d\.[cm]?ts|map)$|\/(readme|changelog|history)(\.\w+)?$/i.test(path);
}

/**
 * Adds a package as Node resolves it: from the importing package outwards.
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
      ])
        add(next, path);
    }
    if (found || folder === '') return;
  }
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.([cm]?js|tsx?|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.js';
import type { Field } from './fields/fields.js';
import { type Change, readIfExists } from './file-changes.js';
import type { Names } from './names.js';

/** Describes a generated module, so that `generate:undo` can tell which files were edited. Not under version control. */
export interface Manifest {
  names: Names;
  /** The timestamp of the migration. */
  timestamp: number;
  /** The SHA-256 hash of each file by path. */
  files: Record<string, string>;
  /** The change of the page that shows the rows of a nested module. */
  parentPage?: Change;
}

/** Describes a field that was added to a module, so that `generate:undo` can take its changes back. */
export interface FieldManifest {
  names: Names;
  field: Field;
  /** In the order in which they run. */
  migrations: [name: string, timestamp: number][];
  changes: Change[];
}

export function fieldManifestPath({ plural }: Pick<Names, 'plural'>, field: string): string {
  return `.data/generated/${plural}.${field}.json`;
}

export function readFieldManifest(names: Pick<Names, 'plural'>, field: string): FieldManifest | undefined {
  const text = readIfExists(root, fieldManifestPath(names, field));
  return text === undefined ? undefined : (JSON.parse(text) as FieldManifest);
}

export function manifestPath({ plural }: Pick<Names, 'plural'>): string {
  return `.data/generated/${plural}.json`;
}

export function createManifest(
  names: Names,
  timestamp: number,
  files: Map<string, string>,
  parentPage?: Change,
): string {
  const hashes = Array.from(files, ([path, text]) => [path, hash(text)]);
  const manifest: Manifest = { names, timestamp, files: Object.fromEntries(hashes), parentPage };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

export function readManifest(plural: string): Manifest | undefined {
  const text = readIfExists(root, manifestPath({ plural }));
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

/** Returns the first file that was edited, removed or added since the module was generated. */
export function findEditedFile({ files }: Manifest, folder: string): string | undefined {
  const edited = Object.entries(files).find(([path, sha]) => hash(readIfExists(root, path)) !== sha);
  return edited?.[0] ?? filesIn(folder).find((path) => !Object.hasOwn(files, path));
}

/** Returns the paths of all files in a folder of the project. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length).replaceAll('\\', '/'));
}

function hash(text = ''): string {
  return createHash('sha256').update(text).digest('hex');
}

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.js';
import { readIfThere } from './changes.js';
import type { Names } from './names.js';

/** What was generated in this clone, kept beside its data, so that an undo knows what was edited since. */
export interface GeneratedModule {
  names: Names;
  /** Of the migration. */
  timestamp: number;
  /** SHA-256 of each file. */
  files: Record<string, string>;
}

export function recordPath({ plural }: Pick<Names, 'plural'>): string {
  return `.data/generated/${plural}.json`;
}

export function recordOf(names: Names, timestamp: number, files: Map<string, string>): string {
  const hashes = Array.from(files, ([path, text]) => [path, hash(text)]);
  const record: GeneratedModule = { names, timestamp, files: Object.fromEntries(hashes) };
  return `${JSON.stringify(record, null, 2)}\n`;
}

export function readRecord(plural: string): GeneratedModule | undefined {
  const text = readIfThere(root, recordPath({ plural }));
  return text === undefined ? undefined : (JSON.parse(text) as GeneratedModule);
}

/** The first file that is not as it was generated: edited, removed or new. */
export function firstEdited({ files }: GeneratedModule, folder: string): string | undefined {
  const edited = Object.entries(files).find(([path, sha]) => hash(readIfThere(root, path)) !== sha);
  return edited?.[0] ?? filesIn(folder).find((path) => !Object.hasOwn(files, path));
}

/** Every file of a folder of this clone. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length).replaceAll('\\', '/'));
}

function hash(text = ''): string {
  return createHash('sha256').update(text).digest('hex');
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root, stateDirectory } from '../project.js';

/** The text of a file before and after. Undefined means that the file doesn't exist. */
export interface Change {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** New texts of files by path. Undefined removes the file. */
export type Edits = Map<string, string | undefined>;

/** Files that npm scripts generate from the code of the API. */
const generated = {
  openapi: ['apps/api/openapi.json', 'apps/auth/src/personal-tokens/api-scopes.ts'],
  'generate:client': ['libs/api-client/src/schema.ts'],
};
/** Files and folders that these scripts read or write. */
const inputs = [
  'apps/api',
  generated.openapi[1]!,
  'libs',
  'tools/run.js',
  'tools/node-version.js',
  'tools/require-typescript.js',
  'package.json',
  'tsconfig.json',
];

/**
 * Applies edits of the API to a copy and updates the generated files there. Doesn't change the project itself.
 *
 * @throws Error if a script fails with the edits.
 */
export async function planChanges(edits: Edits, signal: AbortSignal): Promise<Change[]> {
  mkdirSync(stateDirectory, { recursive: true });
  // Inside the project, so that Node.js finds node_modules.
  const copy = mkdtempSync(join(stateDirectory, 'generate-'));
  try {
    for (const path of inputs) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    for (const [path, after] of edits) {
      writeOrRemove(copy, path, after);
    }
    const { scripts } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as { scripts: object };
    const outputs = Object.entries(generated).filter(([script]) => script in scripts);
    for (const [script] of outputs) {
      await runScript(script, copy, signal);
    }
    return [...edits.keys(), ...outputs.flatMap(([, paths]) => paths)]
      .map((path) => ({ path, before: readIfExists(root, path), after: readIfExists(copy, path) }))
      .filter((change) => change.before !== change.after);
  } finally {
    rmSync(copy, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * Writes all changes, or none if one fails. Synchronous, so that a signal can't interrupt it.
 *
 * @throws Error if a file has changed since `planChanges`
 */
export function applyChanges(changes: Change[]): void {
  const changed = changes.find(({ path, before }) => readIfExists(root, path) !== before);
  if (changed) {
    throw new Error(`${changed.path} was changed by another program. No file was written. Try again.`);
  }
  const written: Change[] = [];
  try {
    for (const change of changes) {
      written.unshift(change);
      writeOrRemove(root, change.path, change.after);
    }
  } catch (error) {
    for (const { path, before } of written) {
      writeOrRemove(root, path, before);
    }
    throw error;
  }
}

/** Returns a unified diff, which `git apply` accepts. */
export function diffOf(changes: Change[]): string {
  return withTemporaryFolder((folder) => {
    for (const { path, before, after } of changes) {
      for (const [side, content] of Object.entries({ a: before, b: after })) {
        mkdirSync(join(folder, side), { recursive: true });
        writeOrRemove(folder, `${side}/${path}`, content);
      }
    }
    const git = ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-prefix', 'a', 'b'];
    return spawnSync('git', git, { cwd: folder, encoding: 'utf8' }).stdout;
  });
}

/** Takes a change back and keeps later changes of the same file. Returns undefined if they overlap. */
export function revertText(current: string, { before, after }: Omit<Change, 'path'>): string | undefined {
  return withTemporaryFolder((folder) => {
    const texts = { current, after: after ?? '', before: before ?? '' };
    for (const [name, content] of Object.entries(texts)) {
      writeFileSync(join(folder, name), content);
    }
    const git = ['merge-file', '--stdout', '--quiet', ...Object.keys(texts)];
    const { status, stdout } = spawnSync('git', git, { cwd: folder, encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
  });
}

/**
 * Returns the text of a file without the change, but with later changes.
 *
 * @throws Error if they overlap.
 */
export function revertChange(name: string, change: Change): string | undefined {
  const current = readIfExists(root, change.path);
  if (current === change.after) {
    return change.before;
  }
  const reverted =
    current === undefined || change.before === undefined ? undefined : revertText(current, change);
  if (reverted === undefined) {
    throw new Error(
      `${change.path} was edited where "${name}" was added. Remove it there yourself, then try again.`,
    );
  }
  return reverted;
}

function withTemporaryFolder<T>(task: (folder: string) => T): T {
  mkdirSync(stateDirectory, { recursive: true });
  const folder = mkdtempSync(join(stateDirectory, 'generate-'));
  try {
    return task(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Returns one line for each file. */
export function describeChanges(changes: Change[]): string {
  const verb = ({ before, after }: Change) =>
    before === undefined ? 'create' : after === undefined ? 'remove' : 'change';
  return changes.map((change) => `  ${verb(change)} ${change.path}`).join('\n');
}

/** Returns undefined if the file doesn't exist. */
export function readIfExists(directory: string, path: string): string | undefined {
  const file = join(directory, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Also creates missing folders and removes empty ones. */
function writeOrRemove(directory: string, path: string, after: string | undefined): void {
  const file = join(directory, path);
  if (after !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, after);
    return;
  }
  rmSync(file, { force: true });
  try {
    for (let folder = dirname(file); folder !== directory; folder = dirname(folder)) {
      rmdirSync(folder);
    }
  } catch {
    // The folder isn't empty.
  }
}

async function runScript(script: string, directory: string, signal: AbortSignal): Promise<void> {
  const child = spawn('npm', ['run', '--silent', script], {
    cwd: directory,
    signal,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) {
    throw new Error(`npm run ${script} fails with the changes, so no file was written:\n${output}${errors}`);
  }
}

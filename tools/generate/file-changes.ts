import { spawn } from 'node:child_process';
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

/** The text of one file before and after; undefined where there is none. */
export interface Change {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

export type Edits = Map<string, string | undefined>;

/** What is made of the code of the api, by npm scripts of these names. */
const made = { openapi: 'apps/api/openapi.json', 'generate:client': 'libs/api-client/src/schema.ts' };
/** What these scripts read. */
const read = ['apps/api', 'libs', 'package.json', 'tsconfig.json'];

/**
 * Finds out what some edits of the api lead to, in a copy: nothing of this clone is touched.
 *
 * @throws Error where the edited api has no OpenAPI document: it does not start.
 */
export async function planChanges(edits: Edits, signal: AbortSignal): Promise<Change[]> {
  mkdirSync(stateDirectory, { recursive: true });
  // Inside the clone, so that its node_modules are found.
  const copy = mkdtempSync(join(stateDirectory, 'generate-'));
  try {
    for (const path of read) cpSync(join(root, path), join(copy, path), { recursive: true });
    for (const [path, after] of edits) writeOrRemove(copy, path, after);
    const { scripts } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as { scripts: object };
    const results = Object.entries(made).filter(([script]) => script in scripts);
    for (const [script] of results) await runScript(script, copy, signal);
    return [...edits.keys(), ...results.map(([, path]) => path)]
      .map((path) => ({ path, before: readIfThere(root, path), after: readIfThere(copy, path) }))
      .filter((change) => change.before !== change.after);
  } finally {
    rmSync(copy, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * Writes all of the changes, or none. It does so without a pause, so that a signal comes before or after.
 *
 * @throws Error where a file is no longer what it was when the changes were planned.
 */
export function applyChanges(changes: Change[]): void {
  const changed = changes.find(({ path, before }) => readIfThere(root, path) !== before);
  if (changed) throw new Error(`${changed.path} was changed meanwhile: nothing was written, try again.`);
  const written: Change[] = [];
  try {
    for (const change of changes) {
      written.unshift(change);
      writeOrRemove(root, change.path, change.after);
    }
  } catch (error) {
    for (const { path, before } of written) writeOrRemove(root, path, before);
    throw error;
  }
}

/** One line for each file. */
export function describeChanges(changes: Change[]): string {
  const verb = ({ before, after }: Change) =>
    before === undefined ? 'create' : after === undefined ? 'remove' : 'change';
  return changes.map((change) => `  ${verb(change)} ${change.path}`).join('\n');
}

export function readIfThere(directory: string, path: string): string | undefined {
  const file = join(directory, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Folders come and go with their files. */
function writeOrRemove(directory: string, path: string, after: string | undefined): void {
  const file = join(directory, path);
  if (after !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, after);
    return;
  }
  rmSync(file, { force: true });
  try {
    for (let folder = dirname(file); folder !== directory; folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // It is not empty.
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
  if (code !== 0)
    throw new Error(
      `npm run ${script} fails with these changes, so nothing was written:\n${output}${errors}`,
    );
}

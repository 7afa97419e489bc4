import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { type Options, transformFile } from '@swc/core';
import { root, stateDirectory } from './project.js';

const buildDirectory = join(stateDirectory, 'build');

/** Reports a syntax error in a source file. */
export class CompileError extends Error {}

let last: Promise<unknown> = Promise.resolve();

/**
 * Compiles an app and the libraries for development, file by file and without type checks. Files that have not changed
 * are skipped.
 *
 * @param program a file of the app, such as `apps/api/src/main.ts`
 * @returns the path of the compiled program
 * @throws CompileError with the file and the position.
 */
export function compile(program: string): Promise<string> {
  // One at a time: the apps share the libraries.
  const compiled = last.then(() => compileFolders([appFolder(program), 'libs']));
  last = compiled.catch(() => {});
  return compiled.then(() => outputOf(program));
}

/** `apps/api/src` of `apps/api/src/main.ts`. */
function appFolder(program: string): string {
  return program.split('/').slice(0, 3).join('/');
}

async function compileFolders(folders: string[]): Promise<void> {
  const options = await readOptions();
  for (const folder of folders) {
    const sources = (await filesIn(folder)).filter((path) => /(?<!spec|\.d)\.ts$/.test(path));
    await removeOrphans(folder, sources);
    for (const source of sources) {
      await compileFile(source, options);
    }
  }
}

async function compileFile(source: string, options: Options): Promise<void> {
  const path = join(root, source);
  const output = outputOf(source);
  const { mtime } = await stat(path);
  if (await hasTime(output, mtime)) {
    return;
  }
  const { code } = await transformFile(path, { ...options, sourceFileName: path }).catch((error: Error) => {
    throw new CompileError(`${source}: ${error.message.split('\n\nCaused by:')[0]?.trim()}`);
  });
  const unfinished = `${output}.${process.pid}`;
  await mkdir(dirname(output), { recursive: true });
  await writeFile(unfinished, code);
  await utimes(unfinished, mtime, mtime);
  await rename(unfinished, output);
}

/** Matches tsconfig.json. NestJS needs the decorator metadata. */
async function readOptions(): Promise<Options> {
  const { compilerOptions } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: { paths: Record<string, string[]> };
  };
  return {
    swcrc: false,
    configFile: false,
    sourceMaps: 'inline',
    jsc: {
      target: 'es2023',
      baseUrl: root,
      paths: compilerOptions.paths,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
    module: { type: 'es6', resolveFully: true },
  };
}

/** Removes the output of deleted files. */
async function removeOrphans(folder: string, sources: string[]): Promise<void> {
  const outputs = new Set(sources.map(outputOf));
  for (const path of await filesIn(relative(root, join(buildDirectory, folder)))) {
    const output = join(root, path);
    if (output.endsWith('.js') && !outputs.has(output)) {
      await rm(output, { force: true });
    }
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function hasTime(path: string, time: Date): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Math.abs(found.mtimeMs - time.getTime()) < 2;
}

function outputOf(source: string): string {
  return join(buildDirectory, source.replace(/\.ts$/, '.js'));
}

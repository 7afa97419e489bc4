import { className } from '../db/migration-file.js';
import type { Names } from './names.js';
import { sectionOf } from './templates/web.js';

/** The lines that make a module part of the api, in app.module.ts. */
function linesOf({ plural, types }: Names) {
  return {
    import: `import { ${types}Module } from './${plural}/${plural}.module.js';`,
    entry: `${types}Module,`,
  };
}

/**
 * Adds a module to app.module.ts, in the order of the alphabet.
 *
 * @throws Error with a sentence for people, where there is no list of modules to add it to.
 */
export function withModule(source: string, names: Names): string {
  const added = linesOf(names);
  const lines = source.split('\n');
  const imports = indexesOf(lines, /^import .* from '\.\/.*';$/);
  const entries = indexesOf(lines, /^ +\w+Module,$/);
  if (imports.length === 0 || entries.length === 0) {
    throw new Error(
      'apps/api/src/app.module.ts has no list of modules, one on each line, to add this one to.',
    );
  }
  const indent = /^ */.exec(lines[entries[0] as number] as string)?.[0] ?? '';
  // From the bottom up, so that the line numbers above stay as they are.
  lines.splice(placeFor(`${indent}${added.entry}`, lines, entries), 0, `${indent}${added.entry}`);
  lines.splice(placeFor(pathOf(added.import), lines.map(pathOf), imports), 0, added.import);
  return lines.join('\n');
}

/** The opposite; a line that is not there is no mistake. */
export function withoutModule(source: string, names: Names): string {
  const removed = Object.values(linesOf(names));
  return source
    .split('\n')
    .filter((line) => !removed.includes(line.trim()))
    .join('\n');
}

/** Adds a module to the menu of the web app. */
export function withSection(source: string, names: Names): string {
  return source.replace(/,?\s*\];\n$/, `, ${sectionOf(names)}];\n`);
}

/** The opposite. */
export function withoutSection(source: string, names: Names): string {
  return source.replace(`${sectionOf(names)},`, '').replace(`, ${sectionOf(names)}`, '');
}

/** Takes a migration out of the history. */
export function withoutMigration(history: string, name: string, timestamp: number): string {
  const type = className(name, timestamp);
  return history
    .replace(`import { ${type} } from './${timestamp}-${name}.js';\n`, '')
    .replace(new RegExp(`,?\\s*\\b${type}\\b`), '');
}

function indexesOf(lines: string[], pattern: RegExp): number[] {
  return lines.flatMap((line, index) => (pattern.test(line) ? [index] : []));
}

/** The index of the first of `candidates` that comes after `text`, or the one behind the last. */
function placeFor(text: string, lines: string[], candidates: number[]): number {
  return candidates.find((index) => (lines[index] as string) > text) ?? (candidates.at(-1) as number) + 1;
}

function pathOf(line: string): string {
  return /from '(.*)';$/.exec(line)?.[1] ?? '';
}

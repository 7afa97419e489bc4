import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const colored = process.stdout.isTTY === true && !process.env.NO_COLOR;
const colors = { database: 33, migrations: 33, auth: 35, api: 36, web: 32, types: 34, start: 90 };

export type Source = keyof typeof colors;

const width = Math.max(...Object.keys(colors).map((name) => name.length));

/** Environment variables that make child processes use colors exactly if this process does. */
export const colorSettings = colored ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };

/** Writes each line with the name of its source in front. */
export function print(source: Source, text: string): void {
  const name = source.padEnd(width);
  const prefix = colored ? `\u001B[${colors[source]}m${name} |\u001B[0m` : `${name} |`;
  for (const line of text.split('\n')) {
    process.stdout.write(`${prefix} ${line}\n`);
  }
}

/** Passes on the output of a child process line by line, without blank lines. */
export function pipe(
  source: Source,
  stream: Readable | null,
  onLine = (line: string) => print(source, line),
): void {
  if (stream) {
    createInterface({ input: stream }).on('line', (line) => {
      if (stripVTControlCharacters(line).trim()) {
        onLine(line);
      }
    });
  }
}

export function bold(text: string): string {
  return colored ? `\u001B[1m${text}\u001B[0m` : text;
}

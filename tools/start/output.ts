import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const colours = { database: 33, migrations: 33, auth: 35, api: 36, web: 32, types: 34, start: 90 };

export type Source = keyof typeof colours;

const width = Math.max(...Object.keys(colours).map((name) => name.length));

/** What makes a child colour its output as this program does. */
export const colourSettings = coloured ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };

/** Writes lines, each with the name of the part that they come from. */
export function print(source: Source, text: string): void {
  const name = source.padEnd(width);
  const prefix = coloured ? `\u001B[${colours[source]}m${name} |\u001B[0m` : `${name} |`;
  for (const line of text.split('\n')) {
    process.stdout.write(`${prefix} ${line}\n`);
  }
}

/** Writes what a child writes, line by line, but for lines that show nothing. */
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
  return coloured ? `\u001B[1m${text}\u001B[0m` : text;
}

import { capitalized, type Names, parseName } from './names.js';
import { sqlName } from './reserved-words.js';

export const templates = 'tools/generate/templates';

/** The module in the templates. Two words, so that each of its spellings is a different text. */
const moduleNames = parseName('sample-item');

/** Replaces every spelling of a module in the templates. */
export function rename(text: string, names: Names, from = moduleNames): string {
  const spellings = new Map([
    ...Object.entries(from).map(([kind, name]): [string, string] => [name, names[kind as keyof Names]]),
    [capitalized(from.thing), capitalized(names.thing)],
    [capitalized(from.things), capitalized(names.things)],
    [`"${from.table}"`, sqlName(names.table)],
  ]);
  const longestFirst = [...spellings.keys()].toSorted((one, other) => other.length - one.length);
  return text.replace(new RegExp(longestFirst.join('|'), 'g'), (name) => spellings.get(name) as string);
}

import pluralize from 'pluralize';
import { isReservedInTypeScript } from './reserved-words.js';

/** The name of a module, singular and plural, in the spelling of each kind of code. */
export interface Names {
  /** `project-member`: file names */
  singular: string;
  /** `project-members`: folder, files and route */
  plural: string;
  /** `ProjectMember`: entity and schemas */
  type: string;
  /** `ProjectMembers`: module, controller and service */
  types: string;
  /** `projectMember` */
  variable: string;
  /** `projectMembers` */
  variables: string;
  /** `project_members` */
  table: string;
  /** `project member`: sentences */
  thing: string;
  /** `project members` */
  things: string;
}

/** Words that pluralize gets wrong. */
const irregular = {
  alias: 'aliases',
  axis: 'axes',
  basis: 'bases',
  bias: 'biases',
  cache: 'caches',
  calorie: 'calories',
  canvas: 'canvases',
  cookie: 'cookies',
  lens: 'lenses',
  niche: 'niches',
  schema: 'schemas',
  selfie: 'selfies',
  virus: 'viruses',
};
for (const [one, many] of Object.entries(irregular)) {
  pluralize.addIrregularRule(one, many);
}
for (const word of ['feedback', 'kudos', 'metadata', 'progress']) {
  pluralize.addUncountableRule(word);
}

/** Existing routes and folders of the API, and names that would be confused with them. */
const reserved = new Set(['api', 'auth', 'doc', 'health', 'me', 'metric', 'migration', 'openapi']);

/** Types and variables that the generated API code uses. */
const usedAsTypes = new Set(
  (
    'Check Column DatabaseModule Entity IdempotencyService Index Injectable JoinColumn ManyToOne Module OwnedEntity OwnedRepository Page ' +
    'Row Versioned Array Boolean Function Number Object Promise String Symbol'
  ).split(' '),
);
const usedAsVariables = new Set(['id', 'ownerId']);

const maxLength = 40;

/**
 * Parses the name of a module in any common spelling, singular or plural.
 *
 * @throws Error if a module can't have this name.
 */
export function parseName(text: string | undefined): Names {
  if (!text) {
    throw new Error('The name of the module is missing. Add it: npm run generate -- notes');
  }
  if (!/^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z][A-Za-z0-9]*)*$/.test(text)) {
    throw new Error(
      `"${printable(text)}" is not a valid module name. Use letters, digits and single hyphens, such as project-members.`,
    );
  }
  const words = splitWords(text);
  const last = words.pop() as string;
  const [one, many] = singularAndPlural(last);
  const names = spell([...words, one], [...words, many]);
  if (names.plural.length > maxLength) {
    throw new Error(`The module name "${names.plural}" is too long. Use at most ${maxLength} characters.`);
  }
  if (!one || reserved.has(names.singular) || reserved.has(names.plural)) {
    throw new Error(`The module name "${text}" is reserved. Choose another name.`);
  }
  if (isReservedInTypeScript(names.variable) || isReservedInTypeScript(names.variables) || isUsed(names)) {
    throw new Error(
      `The generated code uses "${names.variable}" for something else. Choose a longer name, such as my-${names.plural}.`,
    );
  }
  return names;
}

/** Keeps a plural as it is typed, and never shortens a singular. */
function singularAndPlural(word: string): [one: string, many: string] {
  const one = pluralize.singular(word);
  return one === word ? [word, pluralize.plural(word)] : [one, word];
}

/** Splits `projectMembers`, `ProjectMembers`, `project_members`, `APIKeys` and `UserURLs` into two words each. */
function splitWords(text: string): string[] {
  return text
    .replace(/([A-Z]{2,})s(?![a-z])/g, (_, letters: string) => `${capitalized(letters.toLowerCase())}s`)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/);
}

function spell(one: string[], many: string[]): Names {
  const [type, types] = [one, many].map((words) => words.map(capitalized).join('')) as [string, string];
  return {
    singular: one.join('-'),
    plural: many.join('-'),
    type,
    types,
    variable: uncapitalized(type),
    variables: uncapitalized(types),
    table: many.join('_'),
    thing: one.join(' '),
    things: many.join(' '),
  };
}

function isUsed({ type, types, variable }: Names): boolean {
  return usedAsTypes.has(type) || usedAsTypes.has(types) || usedAsVariables.has(variable);
}

export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function uncapitalized(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}

/** Shortens user input for an error message and replaces control characters. */
export function printable(text: string): string {
  const clean = text.replace(/\p{C}/gu, '?');
  return clean.length > 60 ? `${clean.slice(0, 60)}…` : clean;
}

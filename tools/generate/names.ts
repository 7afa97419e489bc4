import pluralize from 'pluralize';
import { breaksTypeScript } from './reserved-words.js';

/** One thing and its collection, as each kind of code spells them. */
export interface Names {
  /** `project-member`: in the names of files. */
  singular: string;
  /** `project-members`: the folder and the route. */
  plural: string;
  /** `ProjectMember`: the entity. */
  type: string;
  /** `ProjectMembers`: of the module, the controller and the service. */
  types: string;
  /** `projectMember` */
  variable: string;
  /** `projectMembers` */
  variables: string;
  /** `project_members` */
  table: string;
  /** `project member`: in sentences. */
  thing: string;
  /** `project members` */
  things: string;
}

/** What the library takes for a plural of something else. */
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
for (const [one, many] of Object.entries(irregular)) pluralize.addIrregularRule(one, many);
for (const word of ['feedback', 'kudos', 'metadata', 'progress']) pluralize.addUncountableRule(word);

/** What the api, or a person who reads its addresses, takes for something else. */
const reserved = new Set(['api', 'auth', 'doc', 'health', 'me', 'metric', 'migration', 'openapi']);

/** What the generated files import or declare under these names. */
const usedAsTypes = new Set(
  [
    'Check',
    'Column',
    'Entity',
    'Idempotency',
    'Index',
    'Injectable',
    'Module',
    'Page',
    'Row',
    'Stored',
  ].concat(['Array', 'Boolean', 'Function', 'Number', 'Object', 'Promise', 'String', 'Symbol']),
);
const usedAsVariables = new Set(['ada', 'api', 'bob', 'body', 'create', 'dto', 'id', 'ownerId', 'removed']);

const maxLength = 40;

/**
 * Reads the name of a module in any common spelling, singular or plural.
 *
 * @throws Error with a sentence for people, where no module can have that name.
 */
export function parseName(text: string | undefined): Names {
  if (!text) throw new Error('Name the module: npm run generate -- notes');
  if (!/^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z][A-Za-z0-9]*)*$/.test(text)) {
    throw new Error(
      `"${printable(text)}" cannot name a module: use letters, digits and single hyphens, as in project-members.`,
    );
  }
  const words = toWords(text);
  const last = words.pop() as string;
  const [one, many] = bothNumbers(last);
  const names = spell([...words, one], [...words, many]);
  if (names.plural.length > maxLength) {
    throw new Error(
      `"${names.plural}" is too long for the names of its indexes: at most ${maxLength} characters.`,
    );
  }
  if (!one || reserved.has(names.singular) || reserved.has(names.plural)) {
    throw new Error(`"${text}" is reserved: choose another name.`);
  }
  if (breaksTypeScript(names.variable) || breaksTypeScript(names.variables) || isUsed(names)) {
    throw new Error(
      `"${names.variable}" means something else in the code: choose a longer name, such as my-${names.plural}.`,
    );
  }
  return names;
}

/** What is typed as a plural stays as it is; what is typed as a singular is never taken apart. */
function bothNumbers(word: string): [one: string, many: string] {
  const one = pluralize.singular(word);
  return one === word ? [word, pluralize.plural(word)] : [one, word];
}

/** `projectMembers`, `ProjectMembers` and `project_members` are two words; `APIKeys` and `UserURLs` too. */
function toWords(text: string): string[] {
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

function isUsed({ type, types, variable, variables }: Names): boolean {
  return (
    usedAsTypes.has(type) ||
    usedAsTypes.has(types) ||
    usedAsVariables.has(variable) ||
    usedAsVariables.has(variables)
  );
}

export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function uncapitalized(word: string): string {
  return word.charAt(0).toLowerCase() + word.slice(1);
}

/** What was typed, short and without control characters. */
export function printable(text: string): string {
  const clean = text.replace(/\p{C}/gu, '?');
  return clean.length > 60 ? `${clean.slice(0, 60)}…` : clean;
}

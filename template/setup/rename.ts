/** The words of the template's own name; the first of them is left out here and there. */
const templateWords = ['nestjs', 'task', 'template'];

export const templateName = templateWords.join('-');

const [framework, ...rest] = templateWords;
const pattern = new RegExp(`(?:${framework}[-_ ]?|nest[-_ ]?)?${rest.join('[-_ ]?')}`, 'gi');

/**
 * @throws Error with a sentence for people, where no project can have that name.
 */
export function checkName(name: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new Error(
      `"${name}" cannot name the project: use small letters, digits and hyphens, as in my-product.`,
    );
  }
  if (hasTrace(name)) throw new Error(`"${name}" is the name of the template: choose one of your own.`);
  return name;
}

/** Whether a text bears the template's name, in any spelling. */
export function hasTrace(text: string): boolean {
  return text.search(pattern) !== -1;
}

/** Puts the name of a project in the place of the template's, each time in the same spelling. */
export function renamed(text: string, name: string): string {
  return text.replace(pattern, (found) => spelledLike(found, name.split('-')));
}

/** `My product`: for people. */
export function displayName(name: string): string {
  return capitalized(name.replaceAll('-', ' '));
}

function spelledLike(found: string, words: string[]): string {
  if (found === found.toUpperCase()) return words.join(/[-_ ]/.exec(found)?.[0] ?? '').toUpperCase();
  const capital = /^[A-Z]/.test(found);
  const separator = /[-_ ]/.exec(found.replace(/^nest(js)?[-_ ]?/i, ''))?.[0] ?? '';
  if (separator === ' ') return capital ? displayName(words.join('-')) : words.join(' ');
  if (separator || found === found.toLowerCase()) return words.join(separator);
  const pascal = words.map(capitalized).join('');
  return capital ? pascal : pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Counts code points, like the API. */
export function countCharacters(value: string): number {
  return [...value].length;
}

const maxTitleLength = 200;

/** Returns an error message, or `undefined` if the title is valid. Not in the form's schema: the list loads no Zod. */
export function validateTitle(title: string): string | undefined {
  const length = countCharacters(title.trim());
  if (length === 0) {
    return 'Enter a title.';
  }
  return length > maxTitleLength ? `Use at most ${maxTitleLength} characters.` : undefined;
}

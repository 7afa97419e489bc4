/** Characters as the api counts them: code points. */
export function countCharacters(value: string): number {
  return [...value].length;
}

const longestTitle = 200;

/** What is wrong with a title; `undefined` for a good one. Apart from the form's schema: the list needs no more. */
export function validateTitle(title: string): string | undefined {
  const length = countCharacters(title.trim());
  if (length === 0) return 'A task needs a title.';
  return length > longestTitle ? `Use at most ${longestTitle} characters.` : undefined;
}

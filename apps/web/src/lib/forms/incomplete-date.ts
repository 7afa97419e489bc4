/** Returns the name of a date field with an incomplete date, whose `value` is empty as if there were no date. */
export function findIncompleteDate(form: HTMLFormElement): string | undefined {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  return inputs.find(({ validity }) => validity.badInput)?.name;
}

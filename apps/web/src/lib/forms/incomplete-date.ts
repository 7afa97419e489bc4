/** The name of a field with a half-typed date: its value is empty, and would be taken for "no date". */
export function findIncompleteDate(form: HTMLFormElement): string | undefined {
  const inputs = [...form.elements].filter((element) => element instanceof HTMLInputElement);
  return inputs.find(({ validity }) => validity.badInput)?.name;
}

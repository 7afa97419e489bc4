/** The rows on screen, in their order. */
export function taskRows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-task]')];
}

/** The row that holds the focus. */
export function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-task]') ?? null;
}

/** Puts the focus on the button that opens a row's task. */
export function focusRow(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>('button')?.focus();
}

/** Moves the focus from a row that is about to go to the next one, the one before, or the field for a new task. */
export function focusNeighbor(element: Element): void {
  const rows = taskRows();
  const index = rows.findIndex((row) => row.contains(element));
  const neighbour = rows[index + 1] ?? rows[index - 1];
  if (neighbour) focusRow(neighbour);
  else document.getElementById('new-task')?.focus();
}

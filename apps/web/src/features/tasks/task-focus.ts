/** Returns the rows of the list, in order. */
export function taskRows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-task]')];
}

/** Returns the row with the focus. */
export function focusedRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-task]') ?? null;
}

/** Focuses the button that opens the task of a row. */
export function focusRow(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>('[data-edit]')?.focus();
}

/**
 * Focuses the next row, the previous one or the content of the page, before the row of `element` disappears. Not the
 * new task field: that would open the keyboard of a phone.
 */
export function focusNeighbor(element: Element): void {
  const rows = taskRows();
  const index = rows.findIndex((row) => row.contains(element));
  const neighbor = rows[index + 1] ?? rows[index - 1];
  if (neighbor) {
    focusRow(neighbor);
  } else {
    document.getElementById('content')?.focus();
  }
}

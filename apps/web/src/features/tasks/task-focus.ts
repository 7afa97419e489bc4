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

/** Returns the row after the task, or the one before. */
export function findNeighbor(taskId: string | undefined): HTMLElement | undefined {
  const rows = taskRows();
  const index = rows.findIndex((row) => row.dataset.task === taskId);
  return rows[index + 1] ?? rows[index - 1];
}

/**
 * Focuses the next row, the previous one or the content of the page, before the row of `element` disappears. Not the
 * new task field: that would open the keyboard of a phone.
 */
export function focusNeighbor(element: Element): void {
  const neighbor = findNeighbor(element.closest<HTMLElement>('[data-task]')?.dataset.task);
  if (neighbor) {
    focusRow(neighbor);
  } else {
    document.getElementById('content')?.focus();
  }
}

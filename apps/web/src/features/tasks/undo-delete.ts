import { flushSync } from 'react-dom';
import { toast } from '@/components/ui/toast';
import { focusRow, taskRows } from './task-focus';

interface PendingDelete {
  id: string;
  commit: () => Promise<void>;
  toastId: number;
}

const listeners = new Set<() => void>();
let pending: PendingDelete | undefined;
let hidden: ReadonlySet<string> = new Set();

/**
 * Hides a task and shows a toast with "Undo". The task is deleted when the toast closes, when another task is deleted,
 * or on `flushPendingDelete`.
 *
 * @param commit deletes the task; if it rejects, the task appears again
 */
export function deleteWithUndo(task: { id: string; title: string }, commit: () => Promise<void>): void {
  flushPendingDelete();
  const toastId = toast(`Deleted “${task.title}”`, {
    action: { label: 'Undo', onClick: undoDelete },
    onDismiss: flushPendingDelete,
  });
  pending = { id: task.id, commit, toastId };
  setHidden(task.id, true);
}

/** Shows the task again, if its delete request has not been sent yet. */
export function undoDelete(): void {
  if (!pending) {
    return;
  }
  const { id, toastId } = pending;
  pending = undefined;
  toast.dismiss(toastId);
  // The row has the focus before the user presses the next key.
  flushSync(() => setHidden(id, false));
  focusRow(taskRows().find((row) => row.dataset.task === id));
}

/** Sends the pending delete request, if there is one. */
export function flushPendingDelete(): void {
  if (!pending) {
    return;
  }
  const { id, commit, toastId } = pending;
  pending = undefined;
  toast.dismiss(toastId);
  commit().catch(() => setHidden(id, false));
}

/** Returns the ids of tasks that are deleted or pending deletion. */
export function getHiddenTasks(): ReadonlySet<string> {
  return hidden;
}

export function subscribeToHiddenTasks(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setHidden(id: string, isHidden: boolean): void {
  const next = new Set(hidden);
  if (isHidden) {
    next.add(id);
  } else {
    next.delete(id);
  }
  hidden = next;
  for (const listener of listeners) {
    listener();
  }
}

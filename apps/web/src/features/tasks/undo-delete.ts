import { toast } from '@/components/ui/toast';
import { focusRow, taskRows } from './task-focus';

interface Deletion {
  id: string;
  /** Sends the request. */
  commit: () => Promise<void>;
  toastId: number;
}

const listeners = new Set<() => void>();
let pending: Deletion | undefined;
let hidden: ReadonlySet<string> = new Set();

/**
 * Hides a task and offers to undo that. The deletion is sent when the message goes, when another task is deleted, or
 * when `flushPendingDelete` says so.
 *
 * @param commit deletes the task; when it rejects, the task is shown again
 */
export function deleteWithUndo(task: { id: string; title: string }, commit: () => Promise<void>): void {
  flushPendingDelete();
  const toastId = toast(`Deleted “${task.title}”`, {
    action: { label: 'Undo', onClick: undoDelete },
    onDismiss: flushPendingDelete,
  });
  pending = { id: task.id, commit, toastId };
  hide(task.id, true);
}

/** Brings the task back whose deletion has not been sent yet. */
export function undoDelete(): void {
  if (!pending) return;
  const { id, toastId } = pending;
  pending = undefined;
  hide(id, false);
  toast.dismiss(toastId);
  requestAnimationFrame(() => focusRow(taskRows().find((row) => row.dataset.task === id)));
}

/** Sends the deletion that waits, if any: now there is no way back. */
export function flushPendingDelete(): void {
  if (!pending) return;
  const { id, commit, toastId } = pending;
  pending = undefined;
  toast.dismiss(toastId);
  commit().catch(() => hide(id, false));
}

/** The ids of tasks that are deleted, or about to be. */
export function getHiddenTasks(): ReadonlySet<string> {
  return hidden;
}

export function subscribeToHiddenTasks(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function hide(id: string, isHidden: boolean): void {
  const next = new Set(hidden);
  if (isHidden) next.add(id);
  else next.delete(id);
  hidden = next;
  for (const listener of listeners) listener();
}

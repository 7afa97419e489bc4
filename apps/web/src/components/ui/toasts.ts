export interface Toast {
  id: number;
  tone: 'news' | 'error';
  message: string;
  action?: { label: string; onSelect: () => void };
  /** Called once, whichever way the message goes. */
  onGone?: () => void;
}

/** How long a message stays, unless a pointer or the focus rests on it. */
export const toastMilliseconds = 8_000;

const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let lastId = 0;

/** Shows a message; the answer is its id, to dismiss it with. */
export function showToast(toast: Omit<Toast, 'id'>): number {
  const id = ++lastId;
  change([...toasts, { id, ...toast }]);
  return id;
}

export function dismissToast(id: number): void {
  const gone = toasts.find((toast) => toast.id === id);
  change(toasts.filter((toast) => toast.id !== id));
  gone?.onGone?.();
}

export function toastsNow(): readonly Toast[] {
  return toasts;
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

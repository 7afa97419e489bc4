export interface ToastOptions {
  action?: { label: string; onClick: () => void };
  /** Called once, however the toast is closed. */
  onDismiss?: () => void;
}

export interface Toast extends ToastOptions {
  id: number;
  variant: 'default' | 'error';
  message: string;
}

/** How long a toast stays while neither the pointer nor the focus is on it. */
export const toastDurationMs = 8_000;

const listeners = new Set<() => void>();
let toasts: readonly Toast[] = [];
let lastId = 0;

/** Shows a message, with the API of Sonner. Returns the id for `toast.dismiss`. */
export function toast(message: string, options?: ToastOptions): number {
  return add({ variant: 'default', message, ...options });
}

toast.error = (message: string, options?: ToastOptions): number =>
  add({ variant: 'error', message, ...options });

toast.dismiss = (id: number): void => {
  const dismissed = toasts.find((shown) => shown.id === id);
  setToasts(toasts.filter((shown) => shown.id !== id));
  dismissed?.onDismiss?.();
};

export function getToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function add(added: Omit<Toast, 'id'>): number {
  const id = ++lastId;
  setToasts([...toasts, { id, ...added }]);
  return id;
}

function setToasts(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) {
    listener();
  }
}

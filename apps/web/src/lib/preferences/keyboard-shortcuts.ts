import { appId } from '@/app-name';

const key = `${appId}.shortcuts`;
const listeners = new Set<() => void>();

/** Single-key shortcuts react to dictated words, so that a user can turn them off (WCAG 2.1.4). */
export function areShortcutsEnabled(): boolean {
  return localStorage.getItem(key) !== 'off';
}

export function setShortcutsEnabled(enabled: boolean): void {
  if (enabled) {
    localStorage.removeItem(key);
  } else {
    localStorage.setItem(key, 'off');
  }
  for (const listener of listeners) {
    listener();
  }
}

export function subscribeToShortcuts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

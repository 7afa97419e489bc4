import { appId } from '@/app-name';

const key = `${appId}.shortcuts`;
const listeners = new Set<() => void>();

/** Single-key shortcuts get in the way of speech input: a person can turn them off, on this device. */
export function areShortcutsEnabled(): boolean {
  return localStorage.getItem(key) !== 'off';
}

export function setShortcutsEnabled(on: boolean): void {
  if (on) localStorage.removeItem(key);
  else localStorage.setItem(key, 'off');
  for (const listener of listeners) listener();
}

export function subscribeToShortcuts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

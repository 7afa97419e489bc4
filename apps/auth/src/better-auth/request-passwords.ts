import { AsyncLocalStorage } from 'node:async_hooks';

interface RequestPasswords {
  /** The stored hash that the password of the request matches. */
  verifiedHash?: string;
  /** A hash that was computed before it is needed. */
  prepared?: { password: string; hash: string };
}

const current = new AsyncLocalStorage<RequestPasswords>();

/** Runs `task` for one request, and keeps the passwords of this request apart from those of others. */
export function withRequestPasswords<T>(task: () => Promise<T>): Promise<T> {
  return current.run({}, task);
}

/** Returns the passwords of the current request, or undefined outside of a request. */
export function requestPasswords(): RequestPasswords | undefined {
  return current.getStore();
}

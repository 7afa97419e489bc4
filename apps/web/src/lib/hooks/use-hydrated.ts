'use client';

import { useSyncExternalStore } from 'react';

/**
 * Returns whether React handles events yet. Before that, a click or a typed letter would be lost, and the browser
 * itself would submit a form: controls that the server renders are `disabled` or `inert` until then.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}

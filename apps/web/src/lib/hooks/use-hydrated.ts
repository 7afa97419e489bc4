'use client';

import { useSyncExternalStore } from 'react';

/** Returns whether React handles events yet. Before that, the browser itself would submit a form. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}

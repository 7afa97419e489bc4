'use client';

import { useSyncExternalStore } from 'react';

/** Whether the page's scripts are at work. Until then a form must not be sent: the browser would do it its own way. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}

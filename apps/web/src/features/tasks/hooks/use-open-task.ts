'use client';

import { usePathname } from 'next/navigation';
import { useCallback, useRef } from 'react';

/** Reads the id of the open task from the URL, so that reload, back and a shared link open its dialog. */
export function useOpenTask() {
  const id = /^\/tasks\/([^/]+)$/.exec(usePathname())?.[1];
  const openedHere = useRef(false);

  const open = useCallback((taskId: string) => {
    openedHere.current = true;
    window.history.pushState(null, '', `/tasks/${taskId}${location.search}`);
  }, []);

  const close = useCallback(() => {
    if (openedHere.current) {
      window.history.back();
    } else {
      window.history.replaceState(null, '', `/tasks${location.search}`);
    }
    openedHere.current = false;
  }, []);

  return { id: id && decodeURIComponent(id), open, close };
}

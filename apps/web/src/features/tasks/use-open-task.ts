'use client';

import { usePathname } from 'next/navigation';
import { useCallback, useRef } from 'react';
import { formatTaskView } from './task-view';
import { useTaskView } from './use-task-view';

/** The task whose dialog is open: the address names it, so that reload, back and a shared link show it too. */
export function useOpenTask() {
  const id = /^\/tasks\/([^/]+)$/.exec(usePathname())?.[1];
  const { view } = useTaskView();
  const openedHere = useRef(false);

  const open = useCallback(
    (taskId: string) => {
      openedHere.current = true;
      window.history.pushState(null, '', `/tasks/${taskId}${formatTaskView(view)}`);
    },
    [view],
  );

  const close = useCallback(() => {
    if (openedHere.current) window.history.back();
    else window.history.replaceState(null, '', `/tasks${formatTaskView(view)}`);
    openedHere.current = false;
  }, [view]);

  return { id: id && decodeURIComponent(id), open, close };
}

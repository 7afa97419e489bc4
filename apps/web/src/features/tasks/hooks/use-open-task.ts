'use client';

import { usePathname } from 'next/navigation';
import { useCallback, useRef } from 'react';
import { formatTaskView, type TaskView } from '../task-view';

/**
 * Reads the id of the open task from the URL, so that reload, back and a shared link open its dialog.
 *
 * @param view the view of the list behind the dialog
 */
export function useOpenTask(view: TaskView) {
  const query = formatTaskView(view);
  const id = /^\/tasks\/([^/]+)$/.exec(usePathname())?.[1];
  const openedHere = useRef(false);

  const open = useCallback(
    (taskId: string) => {
      openedHere.current = true;
      window.history.pushState(null, '', `/tasks/${taskId}${query}`);
    },
    [query],
  );

  const close = useCallback(() => {
    if (openedHere.current) {
      window.history.back();
    } else {
      window.history.replaceState(null, '', `/tasks${query}`);
    }
    openedHere.current = false;
  }, [query]);

  return { id: id && decodeURIComponent(id), open, close };
}

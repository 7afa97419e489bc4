'use client';

import { usePathname } from 'next/navigation';
import { startTransition, useCallback, useLayoutEffect, useOptimistic, useRef } from 'react';
import { formatTaskView, type TaskView } from '../task-view';

/**
 * Reads the id of the open task from the URL, so that reload, back and a shared link open its dialog. `open` never
 * changes, so that rows need not render again.
 *
 * @param view the view of the list behind the dialog
 */
export function useOpenTask(view: TaskView) {
  const idInUrl = /^\/tasks\/([^/]+)$/.exec(usePathname())?.[1];
  const [id, setOptimisticId] = useOptimistic(idInUrl);
  const openedHere = useRef(false);
  const query = useRef('');

  useLayoutEffect(() => {
    query.current = formatTaskView(view);
  }, [view]);

  const open = useCallback(
    (taskId: string) => {
      openedHere.current = true;
      startTransition(() => {
        setOptimisticId(taskId);
        window.history.pushState(null, '', `/tasks/${taskId}${query.current}`);
      });
    },
    [setOptimisticId],
  );

  const close = useCallback(() => {
    if (openedHere.current) {
      window.history.back();
    } else {
      startTransition(() => {
        setOptimisticId(undefined);
        window.history.replaceState(null, '', `/tasks${query.current}`);
      });
    }
    openedHere.current = false;
  }, [setOptimisticId]);

  return { id: id && decodeURIComponent(id), open, close };
}

'use client';

import { usePathname } from 'next/navigation';
import { startTransition, useCallback, useLayoutEffect, useOptimistic, useRef } from 'react';

/**
 * Reads the id of the open task from the URL, so that reload, back and a shared link open its dialog. `open` never
 * changes, so that rows need not render again.
 *
 * @param query the query of the URL, with its `?`, which opening and closing keep
 */
export function useOpenTask(query: string) {
  const idInUrl = /^\/tasks\/([^/]+)$/.exec(usePathname())?.[1];
  const [id, setOptimisticId] = useOptimistic(idInUrl);
  const openedHere = useRef(false);
  const latestQuery = useRef(query);

  useLayoutEffect(() => {
    latestQuery.current = query;
  }, [query]);

  const open = useCallback(
    (taskId: string) => {
      openedHere.current = true;
      startTransition(() => {
        setOptimisticId(taskId);
        window.history.pushState(null, '', `/tasks/${taskId}${latestQuery.current}`);
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
        window.history.replaceState(null, '', `/tasks${latestQuery.current}`);
      });
    }
    openedHere.current = false;
  }, [setOptimisticId]);

  return { id: id && decodeURIComponent(id), open, close };
}

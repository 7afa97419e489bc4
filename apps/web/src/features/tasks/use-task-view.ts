'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { formatTaskView, parseTaskView, type TaskView } from './task-view';

/**
 * The view that the address names, and how to go to another one: without asking the server for the page again. A
 * `replace` leaves no step in the history.
 */
export function useTaskView() {
  const params = useSearchParams();
  const view = useMemo(() => parseTaskView(params), [params]);

  const showView = useCallback(
    (change: Partial<TaskView>, { replace = false } = {}) => {
      const address = `/tasks${formatTaskView({ ...view, ...change })}`;
      if (replace) window.history.replaceState(null, '', address);
      else window.history.pushState(null, '', address);
    },
    [view],
  );

  return { view, showView };
}

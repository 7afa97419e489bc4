'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { formatTaskView, parseTaskView, type TaskView } from '../task-view';

/**
 * The view that the address names, and how to go to another one: without asking the server for the page again. A
 * `replace` leaves no step in the history, and a task that is open stays so.
 */
export function useTaskView() {
  const params = useSearchParams();
  const view = useMemo(() => parseTaskView(params), [params]);

  const setView = useCallback((change: Partial<TaskView>, { replace = false } = {}) => {
    // The address itself: what is rendered may be a step behind it.
    const now = parseTaskView(new URLSearchParams(location.search));
    const query = formatTaskView({ ...now, ...change });
    if (replace) window.history.replaceState(null, '', location.pathname + query);
    else window.history.pushState(null, '', `/tasks${query}`);
  }, []);

  return { view, setView };
}

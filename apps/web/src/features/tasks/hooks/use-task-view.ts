'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import { formatTaskView, parseTaskView, type TaskView } from '../task-view';

/**
 * Reads the view from the URL and changes it without a request for the page. With `replace` it adds no history entry
 * and leaves an open task open.
 */
export function useTaskView() {
  const params = useSearchParams();
  const view = useMemo(() => parseTaskView(params), [params]);

  const setView = useCallback((change: Partial<TaskView>, { replace = false } = {}) => {
    // The rendered view may be older than the URL.
    const current = parseTaskView(new URLSearchParams(location.search));
    const query = formatTaskView({ ...current, ...change });
    if (replace) {
      window.history.replaceState(null, '', location.pathname + query);
    } else {
      window.history.pushState(null, '', `/tasks${query}`);
    }
  }, []);

  return { view, setView };
}

'use client';

import { useSearchParams } from 'next/navigation';
import { startTransition, useMemo, useOptimistic } from 'react';
import { formatTaskView, parseTaskView, type TaskView } from '../task-view';

/** Changes the view. With `replace` it adds no history entry and leaves an open task open. */
export type SetTaskView = (change: Partial<TaskView>, options?: { replace?: boolean }) => void;

/**
 * Reads the view from the URL and changes it without a request for the page. A change starts from the rendered view, not
 * from `location`, because Next.js may write an older URL there for a moment.
 */
export function useTaskView() {
  const params = useSearchParams();
  const [query, setOptimisticQuery] = useOptimistic(params.size > 0 ? `?${params}` : '');
  const view = useMemo(() => parseTaskView(new URLSearchParams(query)), [query]);

  const setView: SetTaskView = (change, { replace = false } = {}) => {
    const next = formatTaskView({ ...view, ...change });
    startTransition(() => {
      setOptimisticQuery(next);
      if (replace) {
        window.history.replaceState(null, '', location.pathname + next);
      } else {
        window.history.pushState(null, '', `/tasks${next}`);
      }
    });
  };

  return { view, query, setView };
}

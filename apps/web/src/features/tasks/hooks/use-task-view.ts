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
  const viewInUrl = useMemo(() => parseTaskView(params), [params]);
  const [view, setOptimisticView] = useOptimistic(viewInUrl);

  const setView: SetTaskView = (change, { replace = false } = {}) => {
    const next = { ...view, ...change };
    startTransition(() => {
      setOptimisticView(next);
      if (replace) {
        window.history.replaceState(null, '', location.pathname + formatTaskView(next));
      } else {
        window.history.pushState(null, '', `/tasks${formatTaskView(next)}`);
      }
    });
  };

  return { view, setView };
}

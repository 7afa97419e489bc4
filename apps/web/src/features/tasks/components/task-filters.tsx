'use client';

import { ArrowUpDown } from 'lucide-react';
import type { MouseEvent } from 'react';
import { SearchFilter } from '@/components/lists/text-filter';
import { inputClassName } from '@/components/ui/field';
import { cn } from '@/lib/cn';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import type { SetTaskView } from '../hooks/use-task-view';
import {
  formatTaskView,
  sortNames,
  type TaskFilter,
  taskFilters,
  type TaskSort,
  taskSorts,
  type TaskView,
} from '../task-view';

const filterNames: Record<TaskFilter, string> = {
  open: 'Open',
  today: 'Today',
  overdue: 'Overdue',
  done: 'Done',
  all: 'All',
};

interface TaskFiltersProps {
  view: TaskView;
  setView: SetTaskView;
}

/** The filter, search and order of the list. */
export function TaskFilters({ view, setView }: TaskFiltersProps) {
  const isHydrated = useHydrated();

  /** Changes the view without loading the page. With a modifier key the browser follows the link. */
  function follow(event: MouseEvent, filter: TaskFilter) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    if (filter !== view.filter) {
      setView({ filter });
    }
  }

  return (
    <div className="grid gap-3 md:flex md:items-center">
      <nav aria-label="Filter tasks" className="flex gap-1 rounded-lg bg-muted p-1">
        {taskFilters.map((filter) => (
          <a
            key={filter}
            href={`/tasks${formatTaskView({ ...view, filter })}`}
            aria-current={filter === view.filter ? 'page' : undefined}
            onClick={(event) => follow(event, filter)}
            className={cn(
              'flex h-9 min-w-11 grow items-center justify-center rounded-md px-1.5 text-sm font-medium pointer-coarse:h-11 sm:px-3.5 text-muted-foreground transition-colors hover:text-foreground',
              filter === view.filter && 'bg-selected text-foreground shadow-card',
            )}
          >
            {filterNames[filter]}
          </a>
        ))}
      </nav>
      <div inert={!isHydrated} className="flex grow gap-2">
        <SearchFilter
          label="Search tasks"
          placeholder="Search"
          value={view.search}
          onChange={(search) => setView({ search }, { replace: true })}
          className="min-w-0 grow"
        />
        <div className="relative shrink-0">
          <ArrowUpDown
            aria-hidden
            className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted-foreground"
          />
          <select
            aria-label="Sort by"
            value={view.sort}
            onChange={(event) => setView({ sort: event.target.value as TaskSort })}
            className={cn(inputClassName, 'h-10 w-auto appearance-none pr-3 pl-9 pointer-coarse:h-11')}
          >
            {taskSorts.map((sort) => (
              <option key={sort} value={sort}>
                {sortNames[sort]}
              </option>
            ))}
          </select>
        </div>
      </div>
    </div>
  );
}

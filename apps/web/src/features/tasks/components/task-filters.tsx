'use client';

import { ArrowUpDown, Search } from 'lucide-react';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { inputClassName } from '@/components/ui/field';
import { cn } from '@/lib/cn';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { useTaskView } from '../hooks/use-task-view';
import {
  formatTaskView,
  sortNames,
  type TaskFilter,
  taskFilters,
  type TaskSort,
  taskSorts,
} from '../task-view';

const searchDelayMs = 200;

const filterNames: Record<TaskFilter, string> = {
  open: 'Open',
  today: 'Today',
  overdue: 'Overdue',
  done: 'Done',
  all: 'All',
};

/** The filter, search and order of the list. */
export function TaskFilters() {
  const { view, setView } = useTaskView();
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
        <SearchBox />
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

function SearchBox() {
  const { view, setView } = useTaskView();
  const [text, setText] = useState(view.search);
  /** The searches that this field has written to the URL, oldest first. The view updates a moment later. */
  const sent = useRef([view.search]);

  useEffect(() => {
    const known = sent.current.indexOf(view.search);
    if (known >= 0) {
      sent.current.splice(0, known);
      return;
    }
    // Something else has changed the URL, such as the back button: update the field.
    sent.current = [view.search];
    setText(view.search);
  }, [view.search]);

  useEffect(() => {
    const search = text.trim();
    if (search === sent.current.at(-1)) {
      return;
    }
    const timer = setTimeout(() => {
      sent.current.push(search);
      setView({ search }, { replace: true });
    }, searchDelayMs);
    return () => clearTimeout(timer);
  }, [text, setView]);

  return (
    <div className="relative min-w-0 grow">
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted-foreground"
      />
      <input
        type="search"
        aria-label="Search tasks"
        placeholder="Search"
        autoComplete="off"
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={cn(inputClassName, 'h-10 pl-9 pointer-coarse:h-11')}
      />
    </div>
  );
}

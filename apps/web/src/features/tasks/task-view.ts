import type { FindTasks } from '@app/api-client';

export const taskFilters = ['open', 'today', 'overdue', 'done', 'all'] as const;
export type TaskFilter = (typeof taskFilters)[number];

/** A sort order of the API. */
export type TaskSort = NonNullable<FindTasks['sort']>;

/** The names of the sort orders in the menu. */
export const sortNames: Record<TaskSort, string> = {
  '-createdAt': 'Newest first',
  createdAt: 'Oldest first',
  dueAt: 'Due soonest',
  '-dueAt': 'Due latest',
  title: 'Title A–Z',
  '-title': 'Title Z–A',
};
export const taskSorts = Object.keys(sortNames) as TaskSort[];

/** The filter, search and order of the list. The URL contains it. */
export interface TaskView {
  filter: TaskFilter;
  search: string;
  sort: TaskSort;
}

export const defaultView: TaskView = { filter: 'open', search: '', sort: '-createdAt' };

export function parseTaskView(params: URLSearchParams): TaskView {
  return {
    filter: taskFilters.find((filter) => filter === params.get('filter')) ?? defaultView.filter,
    search: params.get('search') ?? defaultView.search,
    sort: taskSorts.find((sort) => sort === params.get('sort')) ?? defaultView.sort,
  };
}

/** Returns the query string for a view, with its `?`. Empty for the default view. */
export function formatTaskView(view: TaskView): string {
  const params = new URLSearchParams();
  for (const name of ['filter', 'search', 'sort'] as const) {
    if (view[name] !== defaultView[name]) {
      params.set(name, view[name]);
    }
  }
  return params.size > 0 ? `?${params}` : '';
}

export const taskFilters = ['open', 'today', 'overdue', 'done', 'all'] as const;
export type TaskFilter = (typeof taskFilters)[number];

export const taskSorts = ['-createdAt', 'createdAt', 'dueAt', '-dueAt', 'title', '-title'] as const;
export type TaskSort = (typeof taskSorts)[number];

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

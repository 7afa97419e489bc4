import type { Task } from '@app/api-client';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { getDueLabel } from '../due-date';
import type { TaskView } from '../task-view';

/** A task in a list. `pending` marks an optimistic task that the server has not confirmed. */
export type ListedTask = Task & { pending?: boolean };

/** The filters of a list of the API. */
export interface ListQuery {
  completed?: 'true' | 'false';
  dueAfter?: string;
  dueBefore?: string;
}

/** A position in the lists of a view. Every page of a list needs the same times, because a cursor belongs to them. */
export interface ListPosition {
  /** The list of the next page and those after it. */
  lists: ListQuery[];
  cursor: string | null;
}

interface TaskPage {
  items: ListedTask[];
  next: ListPosition | null;
}

type TaskList = InfiniteData<TaskPage, ListPosition | null>;

export const taskKeys = {
  all: ['tasks'] as const,
  lists: ['tasks', 'list'] as const,
  list: (view: TaskView) => ['tasks', 'list', view] as const,
  detail: (id: string) => ['tasks', 'detail', id] as const,
};

/** Updates every cached list, page by page, before the server has responded (optimistic update). */
export async function updateTaskLists(
  queryClient: QueryClient,
  edit: (tasks: ListedTask[], page: { view: TaskView; first: boolean }) => ListedTask[],
): Promise<void> {
  // A response that is already on its way would overwrite the change with older data.
  await queryClient.cancelQueries({ queryKey: taskKeys.lists });
  for (const [key, list] of queryClient.getQueriesData<TaskList>({ queryKey: taskKeys.lists })) {
    const view = key[taskKeys.lists.length] as TaskView;
    if (!list) {
      continue;
    }
    queryClient.setQueryData<TaskList>(key, {
      ...list,
      pages: list.pages.map((page, index) => ({
        ...page,
        items: edit(page.items, { view, first: index === 0 }),
      })),
    });
  }
}

/** Returns the task from a cached list. */
export function findCachedTask(queryClient: QueryClient, id: string): ListedTask | undefined {
  return queryClient
    .getQueriesData<TaskList>({ queryKey: taskKeys.lists })
    .flatMap(([, list]) => list?.pages ?? [])
    .flatMap((page) => page.items)
    .find((task) => task.id === id);
}

/** Refetches the visible lists, unless another mutation is running, which will refetch them itself. */
export function invalidateTaskLists(queryClient: QueryClient, delayMs = 0): void {
  setTimeout(() => {
    if (queryClient.isMutating({ mutationKey: taskKeys.all }) > 0) {
      return;
    }
    void queryClient.invalidateQueries({ queryKey: taskKeys.lists });
  }, delayMs);
}

/** Returns whether a new task is part of a view. */
export function matchesView(
  { filter, search }: TaskView,
  { title, dueAt }: Pick<Task, 'title' | 'dueAt'>,
): boolean {
  const isDue = (urgency: string) =>
    dueAt !== null && getDueLabel({ dueAt, completed: false }).urgency === urgency;
  return (
    (filter === 'open' || filter === 'all' || isDue(filter)) &&
    title.toLowerCase().includes(search.trim().toLowerCase())
  );
}

import type { Task, TaskPage } from '@app/api-client';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { TaskView } from '../task-view';

/** A task of a list; `pending` while the server does not know it yet. */
export type ListedTask = Task & { pending?: boolean };

type TaskList = InfiniteData<Omit<TaskPage, 'items'> & { items: ListedTask[] }, string | null>;

export const taskKeys = {
  all: ['tasks'] as const,
  lists: ['tasks', 'list'] as const,
  list: (view: TaskView) => ['tasks', 'list', view] as const,
  detail: (id: string) => ['tasks', 'detail', id] as const,
};

/** Changes every list at hand, page by page, before the server has answered. */
export async function updateTaskLists(
  queryClient: QueryClient,
  edit: (tasks: ListedTask[], page: { view: TaskView; first: boolean }) => ListedTask[],
): Promise<void> {
  // An answer that is under way would overwrite the change with what was true before it.
  await queryClient.cancelQueries({ queryKey: taskKeys.lists });
  for (const [key, list] of queryClient.getQueriesData<TaskList>({ queryKey: taskKeys.lists })) {
    const view = key[taskKeys.lists.length] as TaskView;
    if (!list) continue;
    queryClient.setQueryData<TaskList>(key, {
      ...list,
      pages: list.pages.map((page, index) => ({
        ...page,
        items: edit(page.items, { view, first: index === 0 }),
      })),
    });
  }
}

/** The task as a list shows it now. */
export function findCachedTask(queryClient: QueryClient, id: string): ListedTask | undefined {
  return queryClient
    .getQueriesData<TaskList>({ queryKey: taskKeys.lists })
    .flatMap(([, list]) => list?.pages ?? [])
    .flatMap((page) => page.items)
    .find((task) => task.id === id);
}

/** Asks the server for what is on screen, unless another change is still under way, which will ask itself. */
export function invalidateTaskLists(queryClient: QueryClient, delayMs = 0): void {
  setTimeout(() => {
    if (queryClient.isMutating({ mutationKey: taskKeys.all }) > 0) return;
    void queryClient.invalidateQueries({ queryKey: taskKeys.lists });
  }, delayMs);
}

/** Whether a new task of this title stands in a view. */
export function matchesView({ filter, search }: TaskView, title: string): boolean {
  return filter !== 'done' && title.toLowerCase().includes(search.trim().toLowerCase());
}

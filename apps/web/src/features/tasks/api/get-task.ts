import type { ApiClient, Task } from '@app/api-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { taskKeys } from './task-cache';

/** A task with the mark of its version, which a change sends along: so nobody overwrites what they have not seen. */
export interface VersionedTask {
  task: Task;
  etag: string | null;
}

export async function getTask(api: ApiClient, id: string): Promise<VersionedTask> {
  const { data, etag } = await unwrap(api.GET('/api/tasks/{id}', { params: { path: { id } } }));
  return { task: data, etag };
}

/** One task as the server has it now: lists don't carry versions, so a form asks for the task when it opens. */
export function useTask(id: string) {
  const { api } = useSession();
  return useQuery(
    queryOptions({
      queryKey: taskKeys.detail(id),
      queryFn: () => getTask(api, id),
      // A form that is open stays as it is: another version is met when it is saved.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  );
}

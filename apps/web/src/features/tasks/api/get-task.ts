import type { ApiClient, Task } from '@app/api-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { taskKeys } from './task-cache';

/** A task and its ETag. An update sends it as `If-Match`, so that it does not overwrite a newer version. */
export interface VersionedTask {
  task: Task;
  etag: string | null;
}

export async function getTask(api: ApiClient, id: string): Promise<VersionedTask> {
  const { data, etag } = await unwrap(api.GET('/api/tasks/{id}', { params: { path: { id } } }));
  return { task: data, etag };
}

/** Fetches one task with its ETag, which lists do not include. */
export function useTask(id: string) {
  const { api } = useSession();
  return useQuery(
    queryOptions({
      queryKey: taskKeys.detail(id),
      queryFn: () => getTask(api, id),
      // Never refetch while the form is open. Saving detects a newer version.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  );
}

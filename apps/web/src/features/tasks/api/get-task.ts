import type { ApiClient, Task } from '@app/api-client';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf } from '@/lib/api-error';
import { useSignedIn } from '@/lib/signed-in';

/** A task with the mark of its version, which a change sends along: so nobody overwrites what they have not seen. */
export interface VersionedTask {
  task: Task;
  etag: string | null;
}

export async function getTask(api: ApiClient, id: string): Promise<VersionedTask> {
  const { data, etag } = await answerOf(api.GET('/api/tasks/{id}', { params: { path: { id } } }));
  return { task: data, etag };
}

/** One task as the server has it now: lists don't carry versions, so a form asks for the task when it opens. */
export function useTask(id: string) {
  const { api } = useSignedIn();
  return useQuery(
    queryOptions({
      queryKey: ['tasks', 'one', id],
      queryFn: () => getTask(api, id),
      // A form that is open stays as it is: another version is met when it is saved.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  );
}

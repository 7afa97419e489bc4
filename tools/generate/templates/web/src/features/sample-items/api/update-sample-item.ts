import type { Schemas } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';

interface SampleItemUpdate {
  changes: Schemas['UpdateSampleItem'];
  /** The version that the user has edited. The server responds with 412 if there is a newer one. */
  etag: string | null;
}

export function useUpdateSampleItem(id: string) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ changes, etag }: SampleItemUpdate) =>
      unwrap(
        api.PATCH('/api/sample-items/{id}', {
          params: { path: { id }, ...(etag !== null && { header: { 'If-Match': etag } }) },
          body: changes,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['sample-items'] }),
  });
}

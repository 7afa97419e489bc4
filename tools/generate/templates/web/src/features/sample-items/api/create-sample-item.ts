import type { Schemas } from '@app/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';

interface NewSampleItem {
  values: Schemas['CreateSampleItem'];
  /** Makes sure that a retry doesn't create a second sample item. */
  idempotencyKey: string;
}

export function useCreateSampleItem() {
  const { api } = useSession();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ values, idempotencyKey }: NewSampleItem) =>
      unwrap(
        api.POST('/api/sample-items', {
          params: { header: { 'Idempotency-Key': idempotencyKey } },
          body: values,
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['sample-items'] }),
  });
}

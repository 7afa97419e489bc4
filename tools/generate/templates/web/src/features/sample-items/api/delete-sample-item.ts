import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui/toast';
import { ApiError, getErrorMessage, unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';

/** Deletes the sample item. Succeeds if it was already deleted. */
export function useDeleteSampleItem(id: string) {
  const { api } = useSession();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      try {
        await unwrap(api.DELETE('/api/sample-items/{id}', { params: { path: { id } } }));
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) {
          throw error;
        }
      }
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['sample-items', 'list'] }),
    onError: (error) => toast.error(`Not deleted. ${getErrorMessage(error)}`),
  });
}

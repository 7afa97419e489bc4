import { useQuery } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';

/** Fetches the sample item with its ETag, which an update sends back to detect concurrent changes. */
export function useSampleItem(id: string) {
  const { api } = useSession();
  return useQuery({
    queryKey: ['sample-items', 'one', id],
    queryFn: async ({ signal }) => {
      const { data, etag } = await unwrap(
        api.GET('/api/sample-items/{id}', { params: { path: { id } }, signal }),
      );
      return { sampleItem: data, etag };
    },
    // A refetch would change the values under an open form. Saving detects a newer version.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

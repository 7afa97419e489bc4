import { useInfiniteQuery } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';

const pageSize = 25;

/** Fetches the user's sample items page by page, newest first. */
export function useSampleItems() {
  const { api } = useSession();
  return useInfiniteQuery({
    queryKey: ['sample-items', 'list'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) };
      return (await unwrap(api.GET('/api/sample-items', { params: { query }, signal }))).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
}

import type { paths } from '@app/api-client';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { unwrap } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import type { ListView } from '@/lib/lists/use-list-view';

type Query = NonNullable<paths['/api/sample-items']['get']['parameters']['query']>;

const pageSize = 25;

/** Fetches the sample items of a view page by page. The previous view stays visible while the next one loads. */
export function useSampleItems(view: ListView) {
  const { api } = useSession();
  return useInfiniteQuery({
    queryKey: ['sample-items', 'list', view],
    queryFn: async ({ pageParam, signal }) => {
      const filters = Object.fromEntries(Object.entries(view).filter(([, value]) => value));
      const query = {
        ...filters,
        limit: pageSize,
        ...(pageParam !== null && { cursor: pageParam }),
      } as Query;
      return (await unwrap(api.GET('/api/sample-items', { params: { query }, signal }))).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
}

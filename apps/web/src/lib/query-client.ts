import { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from './api-error';

const mostRetries = 3;
const retryFailedAfterMilliseconds = 5_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A request that can't go out fails, and the page says so, instead of waiting in silence.
        networkMode: 'always',
        refetchOnReconnect: true,
        refetchInterval: (query) => (isTransient(query.state.error) ? retryFailedAfterMilliseconds : false),
        retry: (failures, error) => isTransient(error) && failures < mostRetries,
        retryDelay: (failures, error) => {
          const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
          return Math.max(asked, Math.min(500 * 2 ** failures, 8_000));
        },
      },
      mutations: { networkMode: 'always' },
    },
  });
}

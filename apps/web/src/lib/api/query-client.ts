import { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from './api-error';

const mostRetries = 3;
const retryFailedAfterMs = 5_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A request that can't go out fails, and the page says so, instead of waiting in silence.
        networkMode: 'always',
        refetchOnReconnect: true,
        refetchInterval: (query) =>
          isTransient(query.state.error) && Math.max(retryFailedAfterMs, retryAfterMs(query.state.error)),
        retry: (failures, error) => isTransient(error) && failures < mostRetries,
        retryDelay: (failures, error) => Math.max(500 * 2 ** failures, retryAfterMs(error)),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** How long the server wants to be left alone, in milliseconds. */
function retryAfterMs(error: Error | null): number {
  return error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}

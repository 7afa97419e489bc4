import { QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from './api-error';

const maxRetries = 3;
const refetchFailedAfterMs = 5_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // By default an offline request is paused without an error. Here it fails, and the page shows why.
        networkMode: 'always',
        refetchOnReconnect: true,
        refetchInterval: (query) =>
          isTransient(query.state.error) && Math.max(refetchFailedAfterMs, retryAfterMs(query.state.error)),
        retry: (failures, error) => isTransient(error) && failures < maxRetries,
        retryDelay: (failures, error) => Math.max(500 * 2 ** failures, retryAfterMs(error)),
      },
      mutations: { networkMode: 'always' },
    },
  });
}

function retryAfterMs(error: Error | null): number {
  return error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}

import 'server-only';
import { dehydrate, type DehydratedState, QueryClient } from '@tanstack/react-query';
import { headers } from 'next/headers';
import { createServerApiClient } from '@/lib/api/server-api-client';
import { parseTaskView } from '../task-view';
import { dependsOnTimeZone, taskListQuery } from './list-tasks';

/**
 * Fetches page one of the list for the HTML of the page. Without it, such as on navigation within the app or if the API
 * is unavailable, the browser fetches the list.
 */
export async function prefetchTasks(): Promise<DehydratedState> {
  const queryClient = new QueryClient();
  const requestHeaders = await headers();
  const view = parseTaskView(new URLSearchParams(requestHeaders.get('x-page')?.split('?')[1]));
  if (requestHeaders.get('sec-fetch-dest') === 'document' && !dependsOnTimeZone(view)) {
    await queryClient.prefetchInfiniteQuery(taskListQuery(createServerApiClient, view, new Date()));
  }
  return dehydrate(queryClient);
}

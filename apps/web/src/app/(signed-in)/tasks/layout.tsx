import { HydrationBoundary } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { prefetchTasks } from '@/features/tasks/api/prefetch-tasks';
import { TasksScreen } from '@/features/tasks/components/tasks-screen';

/** Renders the list once for all task pages, which only differ in the task that is open. */
export default async function TasksLayout({ children }: { children: ReactNode }) {
  return (
    <HydrationBoundary state={await prefetchTasks()}>
      <TasksScreen />
      {children}
    </HydrationBoundary>
  );
}

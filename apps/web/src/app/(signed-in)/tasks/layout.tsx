import type { ReactNode } from 'react';
import { TasksScreen } from '@/features/tasks/components/tasks-screen';

/** Renders the list once for all task pages, which only differ in the task that is open. */
export default function TasksLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <TasksScreen />
      {children}
    </>
  );
}

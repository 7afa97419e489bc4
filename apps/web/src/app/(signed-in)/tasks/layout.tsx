import type { ReactNode } from 'react';
import { TasksScreen } from '@/features/tasks/components/tasks-screen';

/** The list stays while the pages below it change: they only say which task is open. */
export default function TasksLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <TasksScreen />
      {children}
    </>
  );
}

'use client';

import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { useSession } from '@/lib/auth/session-provider';
import { useOpenTask } from '../hooks/use-open-task';
import { useTaskShortcuts } from '../hooks/use-task-shortcuts';
import { useTaskView } from '../hooks/use-task-view';
import { flushPendingDelete } from '../undo-delete';
import { NewTaskForm } from './new-task-form';
import { TaskFilters } from './task-filters';
import { TaskList } from './task-list';

const EditTaskDialog = dynamic(() => import('./edit-task-dialog').then((module) => module.EditTaskDialog), {
  ssr: false,
});
const KeyboardShortcutsDialog = dynamic(
  () =>
    import('@/components/layouts/keyboard-shortcuts-dialog').then((module) => module.KeyboardShortcutsDialog),
  {
    ssr: false,
  },
);

/** The task page. Opens a dialog if the URL contains the id of a task. */
export function TasksScreen() {
  const { tokens } = useSession();
  const { view, query, setView } = useTaskView();
  const { id, open, close } = useOpenTask(query);
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  useTaskShortcuts({ enabled: !id && !helpIsOpen, setView, showHelp: () => setHelpIsOpen(true) });

  useEffect(() => {
    addEventListener('pagehide', flushPendingDelete);
    return () => {
      removeEventListener('pagehide', flushPendingDelete);
      flushPendingDelete();
    };
  }, []);

  // Renews the session, and the first change need not wait for a token.
  useEffect(() => void tokens.get().catch(() => {}), [tokens]);

  return (
    <div className="grid gap-5">
      <h1 className="text-3xl font-semibold tracking-tight">Tasks</h1>
      <NewTaskForm view={view} />
      <TaskFilters view={view} setView={setView} />
      <TaskList view={view} onEdit={open} />
      {id && <EditTaskDialog key={id} id={id} onClose={close} />}
      {helpIsOpen && <KeyboardShortcutsDialog onClose={() => setHelpIsOpen(false)} />}
    </div>
  );
}

'use client';

import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { NewTaskForm } from './new-task-form';
import { sendPendingDeletion } from './pending-deletion';
import { TaskFilters } from './task-filters';
import { TaskList } from './task-list';
import { useOpenTask } from './use-open-task';
import { useTaskShortcuts } from './use-task-shortcuts';

const EditTaskDialog = dynamic(() => import('./edit-task-dialog').then((module) => module.EditTaskDialog), {
  ssr: false,
});
const ShortcutsDialog = dynamic(() => import('./shortcuts-dialog').then((module) => module.ShortcutsDialog), {
  ssr: false,
});

/** The list with everything around it, and, where the address names a task, that task in a dialog. */
export function TasksScreen() {
  const { id, open, close } = useOpenTask();
  const [helpIsOpen, setHelpIsOpen] = useState(false);
  useTaskShortcuts({ enabled: !id && !helpIsOpen, showHelp: () => setHelpIsOpen(true) });

  useEffect(() => {
    addEventListener('pagehide', sendPendingDeletion);
    return () => {
      removeEventListener('pagehide', sendPendingDeletion);
      sendPendingDeletion();
    };
  }, []);

  return (
    <div className="grid gap-5">
      <h1 className="text-3xl font-semibold tracking-tight">Tasks</h1>
      <NewTaskForm />
      <TaskFilters />
      <TaskList onEdit={open} />
      {id && <EditTaskDialog key={id} id={id} onClose={close} />}
      {helpIsOpen && <ShortcutsDialog onClose={() => setHelpIsOpen(false)} />}
    </div>
  );
}

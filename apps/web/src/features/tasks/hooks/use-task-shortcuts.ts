'use client';

import { useEffect, useEffectEvent } from 'react';
import { areShortcutsEnabled } from '@/lib/preferences/keyboard-shortcuts';
import { focusedRow, focusRow, taskRows } from '../task-focus';
import { taskFilters } from '../task-view';
import { undoDelete } from '../undo-delete';
import type { SetTaskView } from './use-task-view';

interface TaskShortcutsOptions {
  enabled: boolean;
  setView: SetTaskView;
  showHelp: () => void;
}

/** Adds the keyboard shortcuts of the task list, while `enabled` and while the user is not typing. */
export function useTaskShortcuts({ enabled, setView, showHelp }: TaskShortcutsOptions): void {
  const actions: Record<string, () => void> = {
    n: () => document.getElementById('new-task')?.focus(),
    '/': () => document.querySelector<HTMLElement>('input[type=search]')?.focus(),
    j: () => step(1),
    k: () => step(-1),
    x: () => focusedRow()?.querySelector<HTMLElement>('input[type=checkbox]')?.click(),
    e: () => focusedRow()?.querySelector<HTMLElement>('[data-edit]')?.click(),
    '#': () => focusedRow()?.querySelector<HTMLElement>('[data-delete]')?.click(),
    Delete: () => focusedRow()?.querySelector<HTMLElement>('[data-delete]')?.click(),
    z: undoDelete,
    '?': showHelp,
    ...Object.fromEntries(taskFilters.map((filter, index) => [index + 1, () => setView({ filter })])),
  };

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areShortcutsEnabled()) {
      return;
    }
    const action = actions[event.key];
    // The account menu may have opened a dialog.
    if (!action || document.querySelector('[role=dialog]')) {
      return;
    }
    event.preventDefault();
    // A held key may repeat a move, but no other action.
    if (event.repeat && !['j', 'k'].includes(event.key)) {
      return;
    }
    action();
  });

  useEffect(() => {
    if (!enabled) {
      return;
    }
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [enabled]);
}

function step(by: 1 | -1): void {
  const rows = taskRows();
  const current = rows.indexOf(focusedRow() as HTMLElement);
  focusRow(current === -1 ? rows[0] : rows[current + by]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) {
    return false;
  }
  return (
    target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])')
  );
}

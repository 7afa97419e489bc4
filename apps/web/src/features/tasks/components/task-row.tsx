'use client';

import { AlignLeft, CalendarDays, Check, Trash2 } from 'lucide-react';
import { Fragment, memo, type ReactNode, useId } from 'react';
import type { Task } from '@app/api-client';
import { cn } from '@/lib/cn';
import { useCompleteTask } from '../api/complete-task';
import { useDeleteTask } from '../api/delete-task';
import type { ListedTask } from '../api/task-cache';
import { type DueLabel, getDueLabel } from '../due-date';
import { focusNeighbor } from '../task-focus';

const urgencyStyles: Record<DueLabel['urgency'], string> = {
  overdue: 'text-destructive',
  today: 'text-success',
  tomorrow: 'text-warning',
  later: 'text-muted-foreground',
};

/** The fields that a row shows below its title. A value that is empty isn't shown. */
type TaskDetails = Record<
  Exclude<keyof Task, 'id' | 'title' | 'completed' | 'createdAt' | 'updatedAt'>,
  ReactNode
>;

interface TaskRowProps {
  task: ListedTask;
  /** Not known in the HTML of the server: the time zone and language are the browser's. */
  now: Date | undefined;
  onEdit: (id: string) => void;
}

/** Moves the focus to the next row when this one disappears, such as a completed task from the open ones. */
function keepFocusInList(row: HTMLLIElement | null) {
  return () => {
    if (row?.contains(document.activeElement)) {
      focusNeighbor(row);
    }
  };
}

/** A task with its checkbox, edit button and delete button. */
export const TaskRow = memo(function TaskRow({ task, now, onEdit }: TaskRowProps) {
  const detailsId = useId();
  const { mutate: complete, variables: justCompleted } = useCompleteTask(task);
  const deleteTask = useDeleteTask();
  const { id, title, completed, dueAt, description, pending = false } = task;
  // Before hydration, a click would have no effect.
  const disabled = pending || !now;
  const details: TaskDetails = {
    dueAt: dueAt && <DueDate due={now && getDueLabel({ dueAt, completed }, now)} />,
    description: description && <Notes text={description} />,
  };
  const hasDetails = Object.values(details).some(Boolean);

  return (
    <li
      ref={keepFocusInList}
      data-task={id}
      aria-busy={pending || undefined}
      className={cn(
        'group relative flex items-stretch -outline-offset-2 outline-ring transition-colors first:rounded-t-2xl last:rounded-b-2xl hover:bg-accent/60 has-[[data-edit]:focus-visible]:outline-2',
        pending && 'opacity-60',
      )}
    >
      <label className="grid w-13 shrink-0 place-items-center pl-1">
        <input
          type="checkbox"
          aria-label={title}
          checked={completed}
          disabled={disabled}
          onChange={() => complete(!completed)}
          data-just-completed={justCompleted}
          className="peer size-5.5 appearance-none data-[just-completed=true]:animate-pop rounded-full border-[1.5px] border-input-strong bg-card transition-colors checked:border-primary checked:bg-primary hover:border-primary"
        />
        <Check
          aria-hidden
          strokeWidth={3}
          className="pointer-events-none absolute size-3.5 scale-50 text-primary-foreground opacity-0 transition peer-checked:scale-100 peer-checked:opacity-100"
        />
      </label>
      <div className="relative grid min-h-14 min-w-0 grow content-center gap-0.5 py-2.5">
        <button
          type="button"
          data-edit
          aria-label={`Edit ${title}`}
          aria-describedby={hasDetails ? detailsId : undefined}
          disabled={disabled}
          onClick={() => onEdit(id)}
          className="text-left outline-none after:absolute after:inset-0"
        >
          <span
            className={cn(
              'line-clamp-2 leading-snug wrap-anywhere decoration-muted-foreground transition-colors',
              completed && 'text-muted-foreground line-through',
            )}
          >
            {title}
          </span>
        </button>
        {hasDetails && (
          <p
            id={detailsId}
            className="flex min-w-0 items-center gap-3 text-[0.8125rem] text-muted-foreground"
          >
            {Object.entries(details).map(([name, detail]) => (
              <Fragment key={name}>{detail}</Fragment>
            ))}
          </p>
        )}
      </div>
      <button
        type="button"
        data-delete
        aria-label={`Delete ${title}`}
        disabled={disabled}
        onClick={(event) => {
          focusNeighbor(event.currentTarget);
          deleteTask(task);
        }}
        className="grid w-12 shrink-0 place-items-center text-muted-foreground -outline-offset-2 transition hover:text-destructive focus-visible:opacity-100 pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100 pointer-fine:group-hover:opacity-100"
      >
        <Trash2 aria-hidden className="size-4.5" />
      </button>
    </li>
  );
});

function DueDate({ due }: { due: DueLabel | undefined }) {
  return (
    <span
      className={cn(
        'inline-flex h-[1lh] shrink-0 items-center gap-1.5',
        due && urgencyStyles[due.urgency],
        due?.urgency === 'overdue' && 'font-medium',
      )}
    >
      <CalendarDays aria-hidden className="size-3.5" />
      {due?.text}
    </span>
  );
}

function Notes({ text }: { text: string }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <AlignLeft aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">{text}</span>
    </span>
  );
}

'use client';

import { CalendarDays, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { v4 as uuid } from 'uuid';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { getErrorMessage } from '@/lib/api/api-error';
import { useDraft } from '@/lib/forms/use-draft';
import { type NewTask, useCreateTask } from '../api/create-task';
import { matchesView } from '../api/task-cache';
import { dueInDays, quickPicks } from '../due-date';
import { validateTitle } from '../task-title';
import { defaultView, formatTaskView, type TaskView } from '../task-view';

interface UnsavedTask extends NewTask {
  failed: boolean;
}

/** Adds a task on Enter and keeps the focus. A task that could not be saved stays here for a retry. */
export function NewTaskForm({ view }: { view: TaskView }) {
  const { mutateAsync: create } = useCreateTask();
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [dueAt, setDueAt] = useState<string | null>(null);
  const [unsaved, setUnsaved] = useState<UnsavedTask[]>([]);
  const [error, setError] = useState<string>();
  /** The failed task whose title is back in the field. A retry uses the same idempotency key. */
  const [failedTask, setFailedTask] = useState<NewTask>();

  useDraft('new-task', text || unsaved.length > 0 ? { text, dueAt, unsaved } : undefined, (kept) => {
    setUnsaved(kept.unsaved.map((task) => ({ ...task, failed: true })));
    setText(kept.text);
    setDueAt(kept.dueAt);
  });

  // Text that was typed before React rendered the form.
  useEffect(() => setText((known) => known || (input.current?.value ?? '')), []);

  /** Tells the user where the new task is if it is not at the top of the list. */
  function notifyIfNotOnTop(task: NewTask) {
    const { title } = task;
    if (!matchesView(view, task)) {
      const action = { label: 'Show open tasks', onClick: () => router.push('/tasks') };
      toast(`Added “${title}”. It’s hidden by this filter.`, { action });
    } else if (view.sort !== defaultView.sort) {
      const url = `/tasks${formatTaskView({ ...view, sort: defaultView.sort })}`;
      const action = { label: 'Newest first', onClick: () => router.push(url) };
      toast(`Added “${title}”. It’s sorted into the list.`, { action });
    }
  }

  async function add(task: NewTask) {
    const { idempotencyKey } = task;
    const others = (tasks: UnsavedTask[]) => tasks.filter((other) => other.idempotencyKey !== idempotencyKey);
    setError(undefined);
    setUnsaved((tasks) => [...others(tasks), { ...task, failed: false }]);
    try {
      await create(task);
      setUnsaved(others);
      notifyIfNotOnTop(task);
    } catch (failure) {
      setError(`Not saved. ${getErrorMessage(failure)}`);
      if (input.current?.value) {
        setUnsaved((tasks) => [...others(tasks), { ...task, failed: true }]);
      } else {
        setUnsaved(others);
        setText(task.title);
        setDueAt(task.dueAt);
        setFailedTask(task);
      }
    }
  }

  function discard(task: UnsavedTask) {
    setError(undefined);
    setUnsaved((tasks) => tasks.filter((other) => other !== task));
    input.current?.focus();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const title = text.trim();
    if (title === '') {
      return;
    }
    const message = validateTitle(title);
    setError(message);
    if (message) {
      return;
    }
    setText('');
    setDueAt(null);
    setFailedTask(undefined);
    const isRetry = failedTask?.title === title && failedTask.dueAt === dueAt;
    void add(isRetry ? failedTask : { title, dueAt, idempotencyKey: uuid() });
  }

  /** Returns to the field, where Enter adds the task. */
  function chooseDueDate(chosen: string | null) {
    setDueAt(chosen);
    input.current?.focus();
  }

  const hasText = text.trim() !== '';
  return (
    <form method="post" onSubmit={submit} className="grid gap-2.5">
      <div className="rounded-xl border border-input bg-card shadow-card transition-colors hover:border-input-strong has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-ring">
        <div className="flex items-center gap-1 pr-2 pl-4">
          <Plus aria-hidden className="size-5 shrink-0 text-primary" />
          <input
            ref={input}
            id="new-task"
            name="title"
            aria-label="New task"
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? 'new-task-error' : undefined}
            placeholder="What needs to be done?"
            autoComplete="off"
            enterKeyHint="done"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="h-14 w-full min-w-0 grow bg-transparent px-2 text-base placeholder:text-ellipsis outline-none"
          />
          <Button type="submit" size="sm" className={hasText ? '' : 'hidden'}>
            Add
          </Button>
        </div>
        {hasText && <DueDateChips value={dueAt} onChange={chooseDueDate} />}
      </div>
      {error && <FieldError id="new-task-error">{error}</FieldError>}
      {unsaved.some((task) => task.failed) && (
        <ul aria-label="Not saved" className="grid gap-1">
          {unsaved
            .filter((task) => task.failed)
            .map((task) => (
              <li
                key={task.idempotencyKey}
                className="flex items-center gap-2 rounded-lg bg-destructive-soft py-1 pr-1 pl-4"
              >
                <span className="min-w-0 grow text-sm wrap-anywhere">{task.title}</span>
                <Button variant="ghost" size="sm" onClick={() => add(task)}>
                  Try again
                </Button>
                <Button variant="ghost" size="sm" onClick={() => discard(task)}>
                  Discard
                </Button>
              </li>
            ))}
        </ul>
      )}
    </form>
  );
}

interface DueDateChipsProps {
  value: string | null;
  onChange: (dueAt: string | null) => void;
}

function DueDateChips({ value, onChange }: DueDateChipsProps) {
  return (
    <fieldset className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <legend className="sr-only">Due date</legend>
      <CalendarDays aria-hidden className="size-4 text-muted-foreground max-[24rem]:hidden" />
      {quickPicks.map(({ label, days }) => {
        const dueAt = dueInDays(days);
        const isChosen = value === dueAt;
        return (
          <Button
            key={label}
            variant="outline"
            size="sm"
            aria-pressed={isChosen}
            className="rounded-full aria-pressed:border-primary aria-pressed:bg-primary-soft aria-pressed:text-primary"
            onClick={() => onChange(isChosen ? null : dueAt)}
          >
            {label}
          </Button>
        );
      })}
    </fieldset>
  );
}

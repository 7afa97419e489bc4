'use client';

import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { v4 as uuid } from 'uuid';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { getErrorMessage } from '@/lib/api/api-error';
import { useDraft } from '@/lib/forms/use-draft';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { type NewTask, useCreateTask } from '../api/create-task';
import { matchesView } from '../api/task-cache';
import { useTaskView } from '../hooks/use-task-view';
import { validateTitle } from '../task-title';
import { defaultView, formatTaskView } from '../task-view';

interface UnsavedTask extends NewTask {
  failed: boolean;
}

/** Adds a task on Enter and keeps the focus. A task that could not be saved stays here for a retry. */
export function NewTaskForm() {
  const { mutateAsync: create } = useCreateTask();
  const { view } = useTaskView();
  const router = useRouter();
  const isHydrated = useHydrated();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [unsaved, setUnsaved] = useState<UnsavedTask[]>([]);
  const [error, setError] = useState<string>();
  /** The failed task whose title is back in the field. A retry uses the same idempotency key. */
  const [failedTask, setFailedTask] = useState<NewTask>();

  useDraft('new-task', text || unsaved.length > 0 ? { text, unsaved } : undefined, (kept) => {
    setText(kept.text);
    setUnsaved(kept.unsaved.map((task) => ({ ...task, failed: true })));
  });

  // Text that was typed before React rendered the form.
  useEffect(() => setText((known) => known || (input.current?.value ?? '')), []);

  /** Tells the user where the new task is if it is not at the top of the list. */
  function notifyIfNotOnTop(title: string) {
    if (!matchesView(view, title)) {
      const action = { label: 'Show all', onClick: () => router.push('/tasks') };
      toast(`Added “${title}”. It’s hidden by this filter.`, { action });
    } else if (view.sort !== defaultView.sort) {
      const url = `/tasks${formatTaskView({ ...view, sort: defaultView.sort })}`;
      const action = { label: 'Newest first', onClick: () => router.push(url) };
      toast(`Added “${title}”. It’s sorted into the list.`, { action });
    }
  }

  async function add({ title, idempotencyKey }: NewTask) {
    const others = (tasks: UnsavedTask[]) => tasks.filter((task) => task.idempotencyKey !== idempotencyKey);
    setError(undefined);
    setUnsaved((tasks) => [...others(tasks), { title, idempotencyKey, failed: false }]);
    try {
      await create({ title, idempotencyKey });
      setUnsaved(others);
      notifyIfNotOnTop(title);
    } catch (failure) {
      setError(`Not saved. ${getErrorMessage(failure)}`);
      if (input.current?.value) {
        setUnsaved((tasks) => [...others(tasks), { title, idempotencyKey, failed: true }]);
      } else {
        setUnsaved(others);
        setText(title);
        setFailedTask({ title, idempotencyKey });
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
    setFailedTask(undefined);
    void add(failedTask?.title === title ? failedTask : { title, idempotencyKey: uuid() });
  }

  return (
    <form method="post" onSubmit={submit} className="grid gap-2.5">
      <div className="flex items-center gap-1 rounded-xl border border-input bg-card pr-2 pl-4 shadow-card transition-colors focus-within:border-primary hover:border-input-strong">
        <Plus aria-hidden className="size-5 shrink-0 text-primary" />
        <input
          ref={input}
          id="new-task"
          name="title"
          aria-label="New task"
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? 'new-task-error' : undefined}
          placeholder="What do you want to get done?"
          autoComplete="off"
          enterKeyHint="done"
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="h-14 w-full min-w-0 grow bg-transparent px-2 text-base outline-none"
        />
        <Button type="submit" size="sm" disabled={!isHydrated} className={text.trim() ? '' : 'hidden'}>
          Add
        </Button>
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

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

interface Unsaved extends NewTask {
  refused: boolean;
}

/** Adds a task with Enter and keeps the focus. What can't be saved now stays here, to be sent again. */
export function NewTaskForm() {
  const { mutateAsync: create } = useCreateTask();
  const { view } = useTaskView();
  const router = useRouter();
  const isHydrated = useHydrated();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [unsaved, setUnsaved] = useState<Unsaved[]>([]);
  const [problem, setProblem] = useState<string>();
  /** The task whose title went back into the field: sent again, it is still the same one. */
  const [returned, setReturned] = useState<NewTask>();

  useDraft('new-task', text || unsaved.length > 0 ? { text, unsaved } : undefined, (kept) => {
    setText(kept.text);
    setUnsaved(kept.unsaved.map((task) => ({ ...task, refused: true })));
  });

  // What was typed before the page's scripts were there.
  useEffect(() => setText((known) => known || (input.current?.value ?? '')), []);

  /** Without a word, a task that the view leaves out, or has somewhere below, would seem lost. */
  function sayIfOutOfSight(title: string) {
    if (!matchesView(view, title)) {
      const action = { label: 'Show all', onClick: () => router.push('/tasks') };
      toast(`Added “${title}”, which is not in this view`, { action });
    } else if (view.sort !== defaultView.sort) {
      const address = `/tasks${formatTaskView({ ...view, sort: defaultView.sort })}`;
      const action = { label: 'Newest first', onClick: () => router.push(address) };
      toast(`Added “${title}”, in its place in this order`, { action });
    }
  }

  async function add({ title, idempotencyKey }: NewTask) {
    const others = (tasks: Unsaved[]) => tasks.filter((task) => task.idempotencyKey !== idempotencyKey);
    setProblem(undefined);
    setUnsaved((tasks) => [...others(tasks), { title, idempotencyKey, refused: false }]);
    try {
      await create({ title, idempotencyKey });
      setUnsaved(others);
      sayIfOutOfSight(title);
    } catch (error) {
      setProblem(`Not saved. ${getErrorMessage(error)}`);
      if (input.current?.value) {
        setUnsaved((tasks) => [...others(tasks), { title, idempotencyKey, refused: true }]);
      } else {
        setUnsaved(others);
        setText(title);
        setReturned({ title, idempotencyKey });
      }
    }
  }

  function discard(task: Unsaved) {
    setProblem(undefined);
    setUnsaved((tasks) => tasks.filter((other) => other !== task));
    input.current?.focus();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const title = text.trim();
    if (title === '') return;
    const wrong = validateTitle(title);
    setProblem(wrong);
    if (wrong) return;
    setText('');
    setReturned(undefined);
    void add(returned?.title === title ? returned : { title, idempotencyKey: uuid() });
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
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? 'new-task-problem' : undefined}
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
      {problem && <FieldError id="new-task-problem">{problem}</FieldError>}
      {unsaved.some((task) => task.refused) && (
        <ul aria-label="Not saved" className="grid gap-1">
          {unsaved
            .filter((task) => task.refused)
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

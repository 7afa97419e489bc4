'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { type FormEvent, useEffect, useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { controlStyle, Field, TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { showToast } from '@/components/ui/toasts';
import { ApiError, sentenceFor } from '@/lib/api-error';
import { cn } from '@/lib/cn';
import { dropDraft } from '@/lib/drafts';
import { halfTypedDate } from '@/lib/half-typed-date';
import { useSignedIn } from '@/lib/signed-in';
import { useDraft } from '@/lib/use-draft';
import { useIsOnScreen } from '@/lib/use-is-on-screen';
import { getTask, type VersionedTask } from './api/get-task';
import { useUpdateTask } from './api/update-task';
import { DueDateField } from './due-date-field';
import { TaskConflict } from './task-conflict';
import { changesBetween, notADate, type TaskForm, taskFormSchema, toTaskForm } from './task-form-schema';

interface EditTaskFormProps {
  /** The task as it was when the form opened. */
  loaded: VersionedTask;
  onDirtyChange: (isDirty: boolean) => void;
  /** Whether the person wants to leave, and has to be asked about what would be lost. */
  isLeaving: boolean;
  onStay: () => void;
  onClose: () => void;
}

interface Draft {
  values: TaskForm;
  base: VersionedTask;
}

/** A dialog that is higher than the screen scrolls to what it has to say. */
function showWhole(element: HTMLElement | null) {
  element?.scrollIntoView({ block: 'nearest' });
}

export function EditTaskForm({ loaded, onDirtyChange, isLeaving, onStay, onClose }: EditTaskFormProps) {
  const { api, user } = useSignedIn();
  const { mutateAsync: update } = useUpdateTask(loaded.task.id);
  const [base, setBase] = useState(loaded);
  const [theirs, setTheirs] = useState<VersionedTask>();
  const [failure, setFailure] = useState<string>();
  const form = useForm({ resolver: zodResolver(taskFormSchema), defaultValues: toTaskForm(loaded.task) });
  const { errors, isDirty, isSubmitting } = form.formState;
  const values = useWatch({ control: form.control }) as TaskForm;
  const draftName = `task.${loaded.task.id}`;
  const isOnScreen = useIsOnScreen();

  useEffect(() => onDirtyChange(isDirty), [isDirty, onDirtyChange]);

  // Where the focus opens a keyboard on the screen, it would hide half of the form.
  const { setFocus } = form;
  useEffect(() => {
    if (!theirs && matchMedia('(pointer: fine)').matches) setFocus('title');
  }, [setFocus, theirs]);

  useDraft<Draft>(draftName, isDirty ? { values, base } : undefined, (kept) => {
    form.reset(toTaskForm(kept.base.task));
    form.reset(kept.values, { keepDefaultValues: true });
    setBase(kept.base);
  });

  function leave() {
    dropDraft(user.id, draftName);
    if (isOnScreen.current) onClose();
  }

  async function save(mine: TaskForm, seen: VersionedTask) {
    setFailure(undefined);
    const changes = changesBetween(toTaskForm(seen.task), mine);
    try {
      if (changes) await update({ changes, etag: seen.etag });
      leave();
    } catch (error) {
      if (!isOnScreen.current) {
        const message = `“${seen.task.title}” was not saved. ${sentenceFor(error)} Open it to try again.`;
        return void showToast({ tone: 'error', message });
      }
      if (error instanceof ApiError && error.status === 412) return showConflict();
      setFailure(`Not saved. ${sentenceFor(error)} What you have typed stays here.`);
    }
  }

  async function showConflict() {
    try {
      setTheirs(await getTask(api, loaded.task.id));
    } catch (error) {
      setFailure(`Not saved: the task was changed elsewhere. ${sentenceFor(error)}`);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    if (!halfTypedDate(event.currentTarget)) return form.handleSubmit((mine) => save(mine, base))(event);
    event.preventDefault();
    form.setError('dueDay', { message: notADate }, { shouldFocus: true });
  }

  const unsavedChanges = isLeaving && isDirty && (
    <div ref={showWhole} role="alert" className="mt-2 flex flex-wrap items-center justify-end gap-2">
      <p className="grow text-sm">Your changes are not saved yet.</p>
      <Button tone="plain" onClick={leave}>
        Discard
      </Button>
      <Button onClick={onStay}>Keep editing</Button>
    </div>
  );

  if (theirs) {
    return (
      <div className="grid gap-4">
        {failure && <Notice tone="error">{failure}</Notice>}
        <TaskConflict
          mine={form.getValues()}
          theirs={toTaskForm(theirs.task)}
          onKeepMine={() => save(form.getValues(), theirs)}
          onTakeTheirs={leave}
        />
        {unsavedChanges || (
          <Button tone="quiet" className="justify-self-end" onClick={() => setTheirs(undefined)}>
            Back to editing
          </Button>
        )}
      </div>
    );
  }
  return (
    <form noValidate onSubmit={submit} className="grid gap-5">
      {failure && <Notice tone="error">{failure}</Notice>}
      <TextField label="Title" autoComplete="off" {...form.register('title')} error={errors.title?.message} />
      <Field label="Notes" error={errors.notes?.message}>
        {(control) => (
          <textarea
            {...form.register('notes')}
            {...control}
            rows={5}
            className={cn(
              controlStyle,
              'field-sizing-content max-h-80 min-h-32 resize-y py-2.5 leading-relaxed',
            )}
          />
        )}
      </Field>
      <Controller
        control={form.control}
        name="dueDay"
        render={({ field: { ref, ...field } }) => (
          <DueDateField inputRef={ref} {...field} error={errors.dueDay?.message} />
        )}
      />
      {unsavedChanges || (
        <div className="mt-2 flex justify-end gap-2">
          <Button tone="quiet" onClick={leave}>
            Cancel
          </Button>
          <Button type="submit" busy={isSubmitting}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}

'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { Trash2 } from 'lucide-react';
import { type FormEvent, Fragment, type ReactNode, useEffect, useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field, inputClassName, TextField } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { ApiError, getErrorMessage } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { cn } from '@/lib/cn';
import { deleteDraft } from '@/lib/forms/drafts';
import { findIncompleteDate } from '@/lib/forms/incomplete-date';
import { useDraft } from '@/lib/forms/use-draft';
import { useIsMounted } from '@/lib/hooks/use-is-mounted';
import { getTask, type VersionedTask } from '../api/get-task';
import { useUpdateTask } from '../api/update-task';
import {
  changesBetween,
  invalidDateMessage,
  type TaskForm,
  taskFormSchema,
  toTaskForm,
} from '../task-form-schema';
import { DueDateField } from './due-date-field';
import { TaskConflict } from './task-conflict';

interface EditTaskFormProps {
  /** The task at the time when the form opened. */
  loaded: VersionedTask;
  onDirtyChange: (isDirty: boolean) => void;
  /** Whether the user wants to close the dialog: the form asks before it discards changes. */
  isLeaving: boolean;
  onStay: () => void;
  onClose: () => void;
  onDelete: () => void;
}

interface Draft {
  values: TaskForm;
  base: VersionedTask;
}

/** Scrolls to a message that may be outside the visible part of the dialog. */
function scrollIntoView(element: HTMLElement | null) {
  element?.scrollIntoView({ block: 'nearest' });
}

export function EditTaskForm({
  loaded,
  onDirtyChange,
  isLeaving,
  onStay,
  onClose,
  onDelete,
}: EditTaskFormProps) {
  const { api, user } = useSession();
  const { mutateAsync: update } = useUpdateTask(loaded.task.id);
  const [base, setBase] = useState(loaded);
  const [theirs, setTheirs] = useState<VersionedTask>();
  const [failure, setFailure] = useState<string>();
  const form = useForm({ resolver: zodResolver(taskFormSchema), defaultValues: toTaskForm(loaded.task) });
  const { errors, isDirty, isSubmitting } = form.formState;
  const values = useWatch({ control: form.control }) as TaskForm;
  const draftName = `task.${loaded.task.id}`;
  const isMounted = useIsMounted();

  // Reports each change at once: an effect that depends on `isDirty` may run after the next key, such as Escape.
  const { setFocus, subscribe } = form;
  useEffect(
    () =>
      subscribe({
        formState: { isDirty: true },
        callback: (state) => onDirtyChange(state.isDirty === true),
      }),
    [subscribe, onDirtyChange],
  );

  // On a touch device the focus would open the on-screen keyboard, which hides half of the form.
  useEffect(() => {
    if (!theirs && matchMedia('(pointer: fine)').matches) {
      setFocus('title');
    }
  }, [setFocus, theirs]);

  useDraft<Draft>(draftName, isDirty ? { values, base } : undefined, (kept) => {
    form.reset(toTaskForm(kept.base.task));
    form.reset({ ...toTaskForm(kept.base.task), ...kept.values }, { keepDefaultValues: true });
    setBase(kept.base);
  });

  function leave() {
    deleteDraft(user.id, draftName);
    if (isMounted.current) {
      onClose();
    }
  }

  function remove() {
    onDelete();
    leave();
  }

  async function save(mine: TaskForm, seen: VersionedTask) {
    setFailure(undefined);
    const changes = changesBetween(toTaskForm(seen.task), mine);
    try {
      if (changes) {
        await update({ changes, etag: seen.etag });
      }
      leave();
    } catch (error) {
      if (!isMounted.current) {
        const message = `Couldn’t save “${seen.task.title}”. ${getErrorMessage(error)} Open it to try again.`;
        return void toast.error(message);
      }
      if (error instanceof ApiError && error.status === 412) {
        return showConflict();
      }
      setFailure(`Not saved. ${getErrorMessage(error)} Your changes are still here.`);
    }
  }

  async function showConflict() {
    try {
      setTheirs(await getTask(api, loaded.task.id));
    } catch (error) {
      setFailure(`Not saved: the task was changed elsewhere. ${getErrorMessage(error)}`);
    }
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    if (!findIncompleteDate(event.currentTarget)) {
      return form.handleSubmit((mine) => save(mine, base))(event);
    }
    event.preventDefault();
    form.setError('dueDay', { message: invalidDateMessage }, { shouldFocus: true });
  }

  // With a key: React would turn "Keep editing" into the submit button while the browser handles the click.
  const unsavedChanges = isLeaving && isDirty && (
    <div
      key="unsaved-changes"
      ref={scrollIntoView}
      role="alert"
      className="mt-2 flex scroll-mb-5 flex-wrap items-center gap-2"
    >
      <p className="grow text-sm">You have unsaved changes.</p>
      <div className="ml-auto flex gap-2">
        <Button variant="outline" onClick={leave}>
          Discard
        </Button>
        <Button onClick={onStay}>Keep editing</Button>
      </div>
    </div>
  );

  /** In the order in which they are shown. */
  const controls: Record<keyof TaskForm, ReactNode> = {
    title: (
      <TextField label="Title" autoComplete="off" {...form.register('title')} error={errors.title?.message} />
    ),
    notes: (
      <Field label="Notes" error={errors.notes?.message}>
        {(control) => (
          <textarea
            {...form.register('notes')}
            {...control}
            rows={5}
            className={cn(
              inputClassName,
              'field-sizing-content max-h-80 min-h-32 resize-y py-2.5 leading-relaxed',
            )}
          />
        )}
      </Field>
    ),
    dueDay: (
      <Controller
        control={form.control}
        name="dueDay"
        render={({ field: { ref, ...field } }) => (
          <DueDateField inputRef={ref} {...field} error={errors.dueDay?.message} />
        )}
      />
    ),
    completed: (
      <label className="flex min-h-11 w-fit items-center gap-3 text-[0.9375rem] font-medium">
        <input type="checkbox" className="size-5 accent-primary" {...form.register('completed')} />
        Done
      </label>
    ),
  };

  if (theirs) {
    return (
      <div className="grid gap-4">
        {failure && <Alert variant="destructive">{failure}</Alert>}
        <TaskConflict
          mine={form.getValues()}
          theirs={toTaskForm(theirs.task)}
          onKeepMine={() => save(form.getValues(), theirs)}
          onTakeTheirs={leave}
        />
        {unsavedChanges || (
          <Button variant="ghost" className="justify-self-end" onClick={() => setTheirs(undefined)}>
            Back to editing
          </Button>
        )}
      </div>
    );
  }
  return (
    <form noValidate onSubmit={submit} className="grid gap-5">
      {failure && <Alert variant="destructive">{failure}</Alert>}
      {Object.entries(controls).map(([name, control]) => (
        <Fragment key={name}>{control}</Fragment>
      ))}
      {unsavedChanges || (
        <div className="flex gap-2">
          <Button variant="ghost" className="mr-auto -ml-3 px-3 hover:text-destructive" onClick={remove}>
            <Trash2 aria-hidden className="size-4.5" />
            Delete
          </Button>
          <Button variant="ghost" onClick={leave}>
            Cancel
          </Button>
          <Button type="submit" loading={isSubmitting}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}

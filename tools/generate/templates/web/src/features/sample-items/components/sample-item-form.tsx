'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, Fragment, type ReactNode, useState } from 'react';
import { type FieldPath, useForm, useWatch } from 'react-hook-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { buttonVariants } from '@/components/ui/button-variants';
import { toast } from '@/components/ui/toast';
import { ApiError, getErrorMessage } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { changedFields } from '@/lib/forms/changed-fields';
import { deleteDraft } from '@/lib/forms/drafts';
import { findIncompleteDate } from '@/lib/forms/incomplete-date';
import { useDraft } from '@/lib/forms/use-draft';
import { useHydrated } from '@/lib/hooks/use-hydrated';
import { useIsMounted } from '@/lib/hooks/use-is-mounted';
import { type SampleItemForm as Values, sampleItemFormSchema } from '../sample-item-form-schema';

interface SampleItemFormProps {
  values: Values;
  /** The name under which unsaved input is kept. */
  draft: string;
  save: (values: Values) => Promise<unknown>;
  children?: ReactNode;
}

export function SampleItemForm({ values, draft, save, children }: SampleItemFormProps) {
  const router = useRouter();
  const { user } = useSession();
  const [failure, setFailure] = useState<string>();
  const form = useForm({ resolver: zodResolver(sampleItemFormSchema), defaultValues: values });
  const { isDirty, isSubmitting } = form.formState;
  const input = useWatch({ control: form.control }) as Values;
  const isHydrated = useHydrated();
  const isMounted = useIsMounted();

  // Without the other fields: they may have changed elsewhere when the draft is restored.
  useDraft(draft, isDirty ? changedFields(values, input) : undefined, (kept) => {
    form.reset({ ...values, ...kept }, { keepDefaultValues: true });
  });

  async function submit(submitted: Values) {
    setFailure(undefined);
    try {
      await save(submitted);
      deleteDraft(user.id, draft);
      if (isMounted.current) {
        router.push('/sample-items');
      }
    } catch (error) {
      if (!isMounted.current) {
        toast.error(`Couldn’t save the sample item. ${getErrorMessage(error)}`);
      }
      const problems = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
      for (const { pointer, detail } of problems) {
        if (pointer) {
          const [, field] = pointer.split('/');
          form.setError(field as FieldPath<Values>, { message: detail });
        }
      }
      setFailure(
        error instanceof ApiError && error.status === 412
          ? 'Not saved: this was changed in another tab or on another device. Reload the page to see the latest version. Your changes are kept.'
          : `Not saved. ${getErrorMessage(error)}`,
      );
    }
  }

  function handleSubmit(event: FormEvent<HTMLFormElement>) {
    const incompleteDate = findIncompleteDate(event.currentTarget);
    if (!incompleteDate) {
      return form.handleSubmit(submit)(event);
    }
    event.preventDefault();
    form.setError(
      incompleteDate as FieldPath<Values>,
      { message: 'Enter a valid date.' },
      { shouldFocus: true },
    );
  }

  /** In the order in which they are shown. */
  const controls: Record<keyof Values, ReactNode> = {};

  return (
    <form
      noValidate
      inert={!isHydrated}
      onSubmit={handleSubmit}
      className="grid gap-5 [&_:is(input,select,textarea)]:scroll-mb-24"
    >
      {failure && <Alert variant="destructive">{failure}</Alert>}
      {Object.entries(controls).map(([name, control]) => (
        <Fragment key={name}>{control}</Fragment>
      ))}
      <div className="sticky bottom-0 -mx-4 flex flex-wrap justify-end gap-2 border-t bg-background px-4 py-3 sm:-mx-2 sm:px-2">
        {children}
        <Link
          href="/sample-items"
          onClick={() => deleteDraft(user.id, draft)}
          className={buttonVariants({ variant: 'outline' })}
        >
          Cancel
        </Link>
        <Button type="submit" loading={isSubmitting}>
          Save
        </Button>
      </div>
    </form>
  );
}

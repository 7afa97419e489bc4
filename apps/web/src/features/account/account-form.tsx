'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { type ComponentProps, type FormEvent, type ReactNode, useState } from 'react';
import { type DefaultValues, type FieldValues, type Path, type PathValue, useForm } from 'react-hook-form';
import type { z } from 'zod';
import { Button } from '@/components/ui/button';
import { useHydrated } from '@/lib/use-hydrated';
import { AccountError } from './account-error';

/**
 * A form of the account pages: checked by `schema`, sent by `submit`; what the auth server refuses is said at the field
 * that it concerns (`fieldNames` tells which), else in `failure`.
 */
export function useAccountForm<T extends FieldValues>(options: {
  schema: z.ZodType<T, T>;
  defaultValues: DefaultValues<T>;
  submit: (values: T) => Promise<void>;
  fieldNames?: Partial<Record<NonNullable<AccountError['field']>, Path<T>>>;
}) {
  const form = useForm<T>({ resolver: zodResolver(options.schema), defaultValues: options.defaultValues });
  const [failure, setFailure] = useState<AccountError>();
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      await options.submit(values);
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      const refused = error.field && options.fieldNames?.[error.field];
      if (refused) form.setError(refused, { message: error.message }, { shouldFocus: true });
      else setFailure(error);
    }
  });

  /** Everything that a TextField of this name needs. What was typed before the page's scripts were there stays. */
  function field(name: Path<T>) {
    const { ref, ...registered } = form.register(name);
    function attach(input: HTMLInputElement | null) {
      const typed = input?.value;
      ref(input);
      if (typed && !form.getValues(name)) form.setValue(name, typed as PathValue<T, Path<T>>);
    }
    const defaultValue = form.formState.defaultValues?.[name] as string | undefined;
    return { ...registered, ref: attach, defaultValue, error: errors[name]?.message as string | undefined };
  }

  return { form, field, submit, failure, isSubmitting };
}

interface AccountFormProps {
  onSubmit: (event: FormEvent<HTMLFormElement>) => unknown;
  className?: string;
  children: ReactNode;
}

/** Sent by POST where it is ever sent by the browser itself: a password has no place in an address. */
export function AccountForm({ onSubmit, className, children }: AccountFormProps) {
  return (
    <form noValidate method="post" onSubmit={onSubmit} className={className}>
      {children}
    </form>
  );
}

/** Can be pressed as soon as the page's scripts are at work. */
export function SubmitButton(props: Omit<ComponentProps<typeof Button>, 'type' | 'disabled'>) {
  const isHydrated = useHydrated();
  return <Button type="submit" disabled={!isHydrated} {...props} />;
}

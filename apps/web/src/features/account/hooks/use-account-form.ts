'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { type DefaultValues, type FieldValues, type Path, type PathValue, useForm } from 'react-hook-form';
import type { z } from 'zod';
import { AccountError } from '../api/account-error';

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

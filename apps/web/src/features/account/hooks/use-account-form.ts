'use client';

import { useState } from 'react';
import {
  type DefaultValues,
  type FieldValues,
  type Path,
  type PathValue,
  type RegisterOptions,
  useForm,
} from 'react-hook-form';
import { AccountError } from '../api/account-error';

/**
 * A form that sends its values to the auth server.
 *
 * @param options.fieldNames the fields that show the errors of the auth server; `failure` has every other error
 */
export function useAccountForm<T extends FieldValues>(options: {
  defaultValues: DefaultValues<T>;
  rules: { [Name in Path<T>]: RegisterOptions<T, Name> };
  submit: (values: T) => Promise<void>;
  fieldNames?: Partial<Record<NonNullable<AccountError['field']>, Path<T>>>;
}) {
  const form = useForm<T>({ defaultValues: options.defaultValues });
  const [failure, setFailure] = useState<AccountError>();
  const { errors, isSubmitting } = form.formState;
  // In the order of the form: an invalid form focuses its first invalid field in the order of registration.
  for (const name of Object.keys(options.defaultValues) as Path<T>[]) {
    form.register(name, options.rules[name]);
  }

  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      await options.submit(values);
    } catch (error) {
      if (!(error instanceof AccountError)) {
        throw error;
      }
      const invalid = error.field && options.fieldNames?.[error.field];
      if (invalid) {
        form.setError(invalid, { type: error.code, message: error.message }, { shouldFocus: true });
      } else {
        setFailure(error);
      }
    }
  });

  /** Returns the props of a TextField. Keeps text that was typed before React rendered the form. */
  function field(name: Path<T>) {
    const { ref, ...registered } = form.register(name, options.rules[name]);
    function attach(input: HTMLInputElement | null) {
      const typed = input?.value;
      ref(input);
      if (typed && !form.getValues(name)) {
        form.setValue(name, typed as PathValue<T, Path<T>>);
      }
    }
    const defaultValue = form.formState.defaultValues?.[name] as string | undefined;
    return { ...registered, ref: attach, defaultValue, error: errors[name]?.message as string | undefined };
  }

  return { form, field, submit, failure, isSubmitting };
}

'use client';

import Link from 'next/link';
import { useState } from 'react';
import { z } from 'zod';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { authClient } from '@/lib/auth-client';
import { accountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { email } from './schemas';

const schema = z.object({ email });

export function ForgotPasswordForm() {
  const [sentTo, setSentTo] = useState<string>();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { email: '' },
    submit: async (values) => {
      await accountAnswer(authClient.requestPasswordReset({ ...values, redirectTo: '/reset-password' }));
      setSentTo(values.email);
    },
  });

  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Notice tone="error">{failure.message}</Notice>}
      {sentTo ? (
        <Notice tone="done">
          If <strong className="wrap-anywhere">{sentTo}</strong> has an account, a message with a link is on
          its way.
        </Notice>
      ) : (
        <>
          <TextField
            label="E-mail"
            type="email"
            autoComplete="username"
            inputMode="email"
            {...field('email')}
          />
          <SubmitButton size="large" busy={isSubmitting}>
            Send a reset link
          </SubmitButton>
        </>
      )}
      <p className="text-center text-sm text-muted">
        <Link href="/sign-in" className="font-medium text-accent underline-offset-4 hover:underline">
          Back to sign-in
        </Link>
      </p>
    </AccountForm>
  );
}

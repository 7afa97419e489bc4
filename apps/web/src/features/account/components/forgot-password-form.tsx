'use client';

import Link from 'next/link';
import { useState } from 'react';
import { z } from 'zod';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuth } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { email } from '../schemas';
import { AccountForm, SubmitButton } from './account-form';

const schema = z.object({ email });

export function ForgotPasswordForm() {
  const [sentTo, setSentTo] = useState<string>();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { email: '' },
    submit: async (values) => {
      await unwrapAuth(authClient.requestPasswordReset({ ...values, redirectTo: '/reset-password' }));
      setSentTo(values.email);
    },
  });

  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      {sentTo ? (
        <Alert variant="success">
          If <strong className="wrap-anywhere">{sentTo}</strong> has an account, a message with a link is on
          its way.
        </Alert>
      ) : (
        <>
          <TextField
            label="E-mail"
            type="email"
            autoComplete="username"
            inputMode="email"
            {...field('email')}
          />
          <SubmitButton size="lg" loading={isSubmitting}>
            Send a reset link
          </SubmitButton>
        </>
      )}
      <p className="text-center text-sm text-muted-foreground">
        <Link href="/sign-in" className="font-medium text-primary underline-offset-4 hover:underline">
          Back to sign-in
        </Link>
      </p>
    </AccountForm>
  );
}

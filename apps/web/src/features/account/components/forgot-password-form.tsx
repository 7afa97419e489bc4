'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuth } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { email } from '../rules';
import { AccountCard } from './account-card';
import { AccountForm, SubmitButton } from './account-form';

export function ForgotPasswordForm() {
  const [sentTo, setSentTo] = useState<string>();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { email: '' },
    rules: { email },
    submit: async (values) => {
      await unwrapAuth(authClient.requestPasswordReset({ ...values, redirectTo: '/reset-password' }));
      setSentTo(values.email);
    },
  });

  return (
    <AccountCard
      title="Forgot your password?"
      text={sentTo ? undefined : 'We’ll email you a link to reset it.'}
    >
      <AccountForm onSubmit={submit} className="grid gap-5">
        {failure && <Alert variant="destructive">{failure.message}</Alert>}
        {sentTo ? (
          <Alert variant="success">
            If <strong className="wrap-anywhere">{sentTo}</strong> has an account, we’ve sent it a link to
            reset the password.
          </Alert>
        ) : (
          <>
            <TextField
              label="Email"
              type="email"
              autoComplete="username"
              inputMode="email"
              {...field('email')}
            />
            <SubmitButton size="lg" loading={isSubmitting}>
              Send reset link
            </SubmitButton>
          </>
        )}
        <p className="text-center text-sm text-muted-foreground">
          <Link href="/sign-in" className="font-medium text-primary underline-offset-4 hover:underline">
            Back to sign in
          </Link>
        </p>
      </AccountForm>
    </AccountCard>
  );
}

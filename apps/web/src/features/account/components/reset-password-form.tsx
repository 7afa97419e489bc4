'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { PasswordField } from '@/components/ui/password-field';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuth } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { newPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';

/** @param props.token from the link in the email; missing if the link is invalid */
export function ResetPasswordForm({ token }: { token: string | undefined }) {
  const [done, setDone] = useState(false);
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { newPassword: '' },
    rules: { newPassword },
    fieldNames: { password: 'newPassword' },
    submit: async (values) => {
      await unwrapAuth(authClient.resetPassword({ ...values, token }));
      setDone(true);
    },
  });

  if (done) {
    return (
      <div className="grid gap-5">
        <Alert variant="success">Password changed. You’ve been signed out everywhere else.</Alert>
        <Button asChild size="lg">
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </div>
    );
  }
  if (!token || failure?.code === 'INVALID_TOKEN') {
    return (
      <div className="grid gap-5">
        <Alert variant="destructive">This link has expired or has already been used.</Alert>
        <Button asChild size="lg">
          <Link href="/forgot-password">Request a new link</Link>
        </Button>
      </div>
    );
  }
  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      <PasswordField
        label="New password"
        autoComplete="new-password"
        hint="At least 8 characters."
        {...field('newPassword')}
      />
      <SubmitButton size="lg" loading={isSubmitting}>
        Save
      </SubmitButton>
    </AccountForm>
  );
}

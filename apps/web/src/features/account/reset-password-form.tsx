'use client';

import Link from 'next/link';
import { useState } from 'react';
import { z } from 'zod';
import { buttonStyle } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { authClient } from '@/lib/auth-client';
import { accountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { newPassword } from './schemas';

const schema = z.object({ newPassword });

/** @param props.token from the link in the message; missing where the link was bad */
export function ResetPasswordForm({ token }: { token: string | undefined }) {
  const [done, setDone] = useState(false);
  const { field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { newPassword: '' },
    fieldNames: { password: 'newPassword' },
    submit: async (values) => {
      await accountAnswer(authClient.resetPassword({ ...values, token }));
      setDone(true);
    },
  });

  if (done) {
    return (
      <div className="grid gap-5">
        <Notice tone="done">Your new password is set, and every other session has ended.</Notice>
        <Link href="/sign-in" className={buttonStyle({ size: 'large' })}>
          Go to sign-in
        </Link>
      </div>
    );
  }
  if (!token || failure?.code === 'INVALID_TOKEN') {
    return (
      <div className="grid gap-5">
        <Notice tone="error">This link has expired or was used already.</Notice>
        <Link href="/forgot-password" className={buttonStyle({ size: 'large' })}>
          Send a new link
        </Link>
      </div>
    );
  }
  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Notice tone="error">{failure.message}</Notice>}
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters."
        {...field('newPassword')}
      />
      <SubmitButton size="large" busy={isSubmitting}>
        Save
      </SubmitButton>
    </AccountForm>
  );
}

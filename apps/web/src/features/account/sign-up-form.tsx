'use client';

import Link from 'next/link';
import { useState } from 'react';
import { z } from 'zod';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { authClient } from '@/lib/auth-client';
import { leaveFor } from '@/lib/leave';
import { announce } from '@/lib/session-channel';
import { accountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { email, name, newPassword } from './schemas';

const schema = z.object({ name, email, password: newPassword });

export function SignUpForm({ next, signInAddress }: { next: string; signInAddress: string }) {
  const [sentTo, setSentTo] = useState<string>();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { name: '', email: '', password: '' },
    fieldNames: { email: 'email', password: 'password' },
    submit: async (values) => {
      const { token, user } = await accountAnswer(
        authClient.signUp.email({ ...values, callbackURL: '/verify-email' }),
      );
      if (token === null) return setSentTo(values.email);
      announce({ event: 'signed-in', userId: user.id });
      return leaveFor(next);
    },
  });

  if (sentTo) {
    return (
      <Notice tone="done">
        Almost there: we have sent a message to <strong className="wrap-anywhere">{sentTo}</strong>. Its link
        finishes your sign-up.
      </Notice>
    );
  }
  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Notice tone="error">{failure.message}</Notice>}
      <TextField label="Name" autoComplete="name" {...field('name')} />
      <TextField label="E-mail" type="email" autoComplete="email" inputMode="email" {...field('email')} />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        hint="At least 8 characters."
        {...field('password')}
      />
      <SubmitButton size="large" busy={isSubmitting}>
        Sign up
      </SubmitButton>
      <p className="text-center text-sm text-muted">
        Already here before?{' '}
        <Link href={signInAddress} className="font-medium text-accent underline-offset-4 hover:underline">
          Go to sign-in
        </Link>
      </p>
    </AccountForm>
  );
}

'use client';

import Link from 'next/link';
import { z } from 'zod';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { authClient } from '@/lib/auth-client';
import { leaveFor } from '@/lib/leave';
import { announce } from '@/lib/session-channel';
import { accountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { email, givenPassword } from './schemas';
import { SendVerificationButton } from './send-verification-button';

const schema = z.object({ email, password: givenPassword });

export function SignInForm({ next, signUpAddress }: { next: string; signUpAddress: string }) {
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { email: '', password: '' },
    submit: async (values) => {
      const { user } = await accountAnswer(authClient.signIn.email(values));
      announce({ event: 'signed-in', userId: user.id });
      return leaveFor(next);
    },
  });

  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Notice tone="error">{failure.message}</Notice>}
      {failure?.code === 'EMAIL_NOT_VERIFIED' && <SendVerificationButton email={form.getValues('email')} />}
      <TextField label="E-mail" type="email" autoComplete="username" inputMode="email" {...field('email')} />
      <TextField label="Password" type="password" autoComplete="current-password" {...field('password')} />
      <Link
        href="/forgot-password"
        className="-mt-2 w-fit text-sm text-muted underline-offset-4 hover:text-text hover:underline"
      >
        Forgot your password?
      </Link>
      <SubmitButton size="large" busy={isSubmitting}>
        Sign in
      </SubmitButton>
      <p className="text-center text-sm text-muted">
        New here?{' '}
        <Link href={signUpAddress} className="font-medium text-accent underline-offset-4 hover:underline">
          Create an account
        </Link>
      </p>
    </AccountForm>
  );
}

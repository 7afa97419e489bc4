'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { authClient } from '@/lib/auth/auth-client';
import { navigateTo } from '@/lib/navigation';
import { unwrapAuth } from '../api/account-error';
import { rememberUnverified } from '../unverified-email';
import { useAccountForm } from '../hooks/use-account-form';
import { email, name, newPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';

export function SignUpForm({ next, signInHref }: { next: string; signInHref: string }) {
  const [sentTo, setSentTo] = useState<string>();
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { name: '', email: '', password: '' },
    rules: { name, email, password: newPassword },
    fieldNames: { email: 'email', password: 'password' },
    submit: async (values) => {
      const { token } = await unwrapAuth(
        authClient.signUp.email({ ...values, callbackURL: '/verify-email' }),
      );
      if (token === null) {
        rememberUnverified(values.email);
        return setSentTo(values.email);
      }
      return navigateTo(next);
    },
  });

  const emailField = field('email');
  const isEmailTaken = form.formState.errors.email?.type?.startsWith('USER_ALREADY_EXISTS');

  if (sentTo) {
    return (
      <Alert variant="success">
        Almost there! We’ve emailed a link to <strong className="wrap-anywhere">{sentTo}</strong>. Open it to
        finish signing up.
      </Alert>
    );
  }
  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      <TextField label="Name" autoComplete="name" {...field('name')} />
      <TextField
        label="Email"
        type="email"
        autoComplete="email"
        inputMode="email"
        {...emailField}
        error={
          isEmailTaken ? (
            <>
              {emailField.error}{' '}
              <Link href={signInHref} className="font-medium whitespace-nowrap underline underline-offset-4">
                Sign in
              </Link>
            </>
          ) : (
            emailField.error
          )
        }
      />
      <PasswordField
        label="Password"
        autoComplete="new-password"
        hint="At least 8 characters."
        {...field('password')}
      />
      <SubmitButton size="lg" loading={isSubmitting}>
        Sign up
      </SubmitButton>
      <p className="text-center text-sm text-muted-foreground">
        Already have an account?{' '}
        <Link href={signInHref} className="font-medium text-primary underline-offset-4 hover:underline">
          Sign in
        </Link>
      </p>
    </AccountForm>
  );
}

'use client';

import Link from 'next/link';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { authClient } from '@/lib/auth/auth-client';
import { navigateTo } from '@/lib/navigation';
import { unwrapAuth } from '../api/account-error';
import { forgetUnverified, isUnverified } from '../unverified-email';
import { useAccountForm } from '../hooks/use-account-form';
import { email, givenPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import { ResendVerificationButton } from './resend-verification-button';

export function SignInForm({ next, signUpHref }: { next: string; signUpHref: string }) {
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { email: '', password: '' },
    rules: { email, password: givenPassword },
    submit: async (values) => {
      await unwrapAuth(authClient.signIn.email(values));
      forgetUnverified();
      return navigateTo(next);
    },
  });

  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      {failure?.code === 'INVALID_EMAIL_OR_PASSWORD' && isUnverified(form.getValues('email')) && (
        <div className="grid gap-3">
          <p className="text-sm text-muted-foreground">
            Before your first sign-in, open the link in our email. We can send it again.
          </p>
          <ResendVerificationButton email={form.getValues('email')} />
        </div>
      )}
      <TextField label="Email" type="email" autoComplete="username" inputMode="email" {...field('email')} />
      <PasswordField label="Password" autoComplete="current-password" {...field('password')} />
      <Link
        href="/forgot-password"
        className="-mt-2 w-fit text-sm text-muted-foreground underline-offset-4 hover:text-foreground hover:underline pointer-coarse:-mt-5 pointer-coarse:-mb-3 pointer-coarse:flex pointer-coarse:min-h-11 pointer-coarse:items-center"
      >
        Forgot your password?
      </Link>
      <SubmitButton size="lg" loading={isSubmitting}>
        Sign in
      </SubmitButton>
      <p className="text-center text-sm text-muted-foreground">
        New here?{' '}
        <Link href={signUpHref} className="font-medium text-primary underline-offset-4 hover:underline">
          Create an account
        </Link>
      </p>
    </AccountForm>
  );
}

'use client';

import { z } from 'zod';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { authClient } from '@/lib/auth/auth-client';
import { useSession } from '@/lib/auth/session-provider';
import { unwrapAuthOrSignIn } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { givenPassword } from '../schemas';
import { AccountForm, SubmitButton } from './account-form';
import { SettingsSection } from './settings-section';

const confirmation = 'delete';

const schema = z.object({
  confirmation: z
    .string()
    .trim()
    .toLowerCase()
    .refine((typed) => typed === confirmation, `Type “${confirmation}” to confirm.`),
  password: givenPassword,
});

export function DeleteAccount() {
  const { finishSignOut } = useSession();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { confirmation: '', password: '' },
    fieldNames: { currentPassword: 'password' },
    submit: async ({ password }) => {
      await unwrapAuthOrSignIn(authClient.deleteUser({ password }));
      await finishSignOut('/');
    },
  });

  return (
    <SettingsSection
      title="Delete account"
      text="Your account and all your data will be permanently deleted. This can’t be undone."
    >
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        {failure && <Alert variant="destructive">{failure.message}</Alert>}
        <TextField
          label={`Type “${confirmation}” to confirm`}
          autoComplete="off"
          autoCapitalize="off"
          {...field('confirmation')}
        />
        <PasswordField label="Current password" autoComplete="current-password" {...field('password')} />
        <SubmitButton variant="destructive" className="w-fit" loading={isSubmitting}>
          Delete account
        </SubmitButton>
      </AccountForm>
    </SettingsSection>
  );
}

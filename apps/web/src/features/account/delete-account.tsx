'use client';

import { z } from 'zod';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { authClient } from '@/lib/auth-client';
import { useSignedIn } from '@/lib/signed-in';
import { ownAccountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { givenPassword } from './schemas';
import { SettingsSection } from './settings-section';

const confirmation = 'delete';

const schema = z.object({
  confirmation: z
    .string()
    .trim()
    .toLowerCase()
    .refine((typed) => typed === confirmation, `Please type “${confirmation}”.`),
  password: givenPassword,
});

export function DeleteAccount() {
  const { leaveSignedOut } = useSignedIn();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { confirmation: '', password: '' },
    fieldNames: { currentPassword: 'password' },
    submit: async ({ password }) => {
      await ownAccountAnswer(authClient.deleteUser({ password }));
      await leaveSignedOut('/');
    },
  });

  return (
    <SettingsSection
      title="Delete your account"
      text="Your account and all of your tasks are erased, for good. There is no way back."
    >
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        {failure && <Notice tone="error">{failure.message}</Notice>}
        <TextField
          label={`Type “${confirmation}” to confirm`}
          autoComplete="off"
          autoCapitalize="off"
          {...field('confirmation')}
        />
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          {...field('password')}
        />
        <SubmitButton tone="danger" className="w-fit" busy={isSubmitting}>
          Delete account
        </SubmitButton>
      </AccountForm>
    </SettingsSection>
  );
}

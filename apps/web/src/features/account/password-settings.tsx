'use client';

import { z } from 'zod';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { showToast } from '@/components/ui/toasts';
import { authClient } from '@/lib/auth-client';
import { ownAccountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { givenPassword, newPassword } from './schemas';
import { SettingsSection } from './settings-section';

const schema = z.object({ currentPassword: givenPassword, newPassword });

export function PasswordSettings() {
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { currentPassword: '', newPassword: '' },
    fieldNames: { currentPassword: 'currentPassword', password: 'newPassword' },
    submit: async (values) => {
      await ownAccountAnswer(authClient.changePassword({ ...values, revokeOtherSessions: true }));
      showToast({ tone: 'news', message: 'Your new password is set.' });
      form.reset();
    },
  });

  return (
    <SettingsSection title="Password" text="A new password ends the sessions on your other devices.">
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        {failure && <Notice tone="error">{failure.message}</Notice>}
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          {...field('currentPassword')}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          {...field('newPassword')}
        />
        <SubmitButton className="w-fit" busy={isSubmitting}>
          Save
        </SubmitButton>
      </AccountForm>
    </SettingsSection>
  );
}

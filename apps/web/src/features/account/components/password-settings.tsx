'use client';

import { Alert } from '@/components/ui/alert';
import { PasswordField } from '@/components/ui/password-field';
import { toast } from '@/components/ui/toast';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuthOrSignIn } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { givenPassword, newPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import { SettingsSection } from './settings-section';

export function PasswordSettings() {
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { currentPassword: '', newPassword: '' },
    rules: { currentPassword: givenPassword, newPassword },
    fieldNames: { currentPassword: 'currentPassword', password: 'newPassword' },
    submit: async (values) => {
      await unwrapAuthOrSignIn(authClient.changePassword({ ...values, revokeOtherSessions: true }));
      toast('Password changed.');
      form.reset();
    },
  });

  return (
    <SettingsSection title="Password" text="Changing your password signs you out on your other devices.">
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        {failure && <Alert variant="destructive">{failure.message}</Alert>}
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          {...field('currentPassword')}
        />
        <PasswordField
          label="New password"
          autoComplete="new-password"
          hint="At least 8 characters."
          {...field('newPassword')}
        />
        <SubmitButton className="w-fit" loading={isSubmitting}>
          Save
        </SubmitButton>
      </AccountForm>
    </SettingsSection>
  );
}

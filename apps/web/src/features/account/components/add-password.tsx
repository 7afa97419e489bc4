'use client';

import { useRouter } from 'next/navigation';
import { PasswordField } from '@/components/ui/password-field';
import { toast } from '@/components/ui/toast';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuthOrSignIn } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { newPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import { SettingsFailure } from './settings-failure';
import { SettingsSection } from './settings-section';

/** For a user who has signed up with a provider. */
export function AddPassword() {
  const router = useRouter();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { newPassword: '' },
    rules: { newPassword },
    fieldNames: { password: 'newPassword' },
    submit: async (values) => {
      await unwrapAuthOrSignIn(authClient.$fetch('/add-password', { method: 'POST', body: values }));
      toast('Password added.');
      router.refresh();
    },
  });

  return (
    <SettingsSection
      title="Password"
      text="Your account has no password yet. Adding one signs you out on your other devices."
    >
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        <SettingsFailure failure={failure} />
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

'use client';

import { TextField } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { authClient } from '@/lib/auth/auth-client';
import { useSession } from '@/lib/auth/session-provider';
import { unwrapAuthOrSignIn } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { givenPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import { SettingsFailure } from './settings-failure';
import { SettingsSection } from './settings-section';

const confirmation = 'delete';

/** An account without a password needs a recent sign-in instead. */
export function DeleteAccount({ hasPassword }: { hasPassword: boolean }) {
  const { finishSignOut } = useSession();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { confirmation: '', password: '' },
    rules: {
      confirmation: {
        validate: (typed) =>
          typed.trim().toLowerCase() === confirmation || `Type “${confirmation}” to confirm.`,
      },
      password: hasPassword ? givenPassword : {},
    },
    fieldNames: { currentPassword: 'password' },
    submit: async ({ password }) => {
      await unwrapAuthOrSignIn(authClient.deleteUser(hasPassword ? { password } : {}));
      await finishSignOut('/');
    },
  });

  return (
    <SettingsSection
      title="Delete account"
      text="Your account and all your data will be permanently deleted. This can’t be undone."
    >
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        <SettingsFailure failure={failure} />
        <TextField
          label={`Type “${confirmation}” to confirm`}
          autoComplete="off"
          autoCapitalize="off"
          {...field('confirmation')}
        />
        {hasPassword && (
          <PasswordField label="Current password" autoComplete="current-password" {...field('password')} />
        )}
        <SubmitButton variant="destructive" className="w-fit" loading={isSubmitting}>
          Delete account
        </SubmitButton>
      </AccountForm>
    </SettingsSection>
  );
}

'use client';

import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { useSession } from '@/lib/auth/session-provider';
import { requestEmailChange } from '../api/email-change';
import { useAccountForm } from '../hooks/use-account-form';
import { email, givenPassword } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import { SettingsFailure } from './settings-failure';
import { SettingsSection } from './settings-section';

/** An account without a password needs a recent sign-in instead. */
export function ChangeEmail({ hasPassword }: { hasPassword: boolean }) {
  const [isOpen, setIsOpen] = useState(false);
  const [sentTo, setSentTo] = useState<string>();

  function finish(newEmail: string) {
    setSentTo(newEmail);
    setIsOpen(false);
  }

  return (
    <SettingsSection
      title="Email address"
      text="We’ll email a link to the new address. Your current address stays until you open it."
    >
      {sentTo && !isOpen && (
        <Alert variant="success">
          We’ve emailed a link to <strong className="wrap-anywhere">{sentTo}</strong>. Open it within an hour
          to use this address. If nothing arrives, check the spelling and try again.
        </Alert>
      )}
      {isOpen ? (
        <ChangeEmailForm hasPassword={hasPassword} onSent={finish} />
      ) : (
        <Button variant="outline" className="w-fit" onClick={() => setIsOpen(true)}>
          Change email
        </Button>
      )}
    </SettingsSection>
  );
}

interface ChangeEmailFormProps {
  hasPassword: boolean;
  onSent: (newEmail: string) => void;
}

function ChangeEmailForm({ hasPassword, onSent }: ChangeEmailFormProps) {
  const { user } = useSession();
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { newEmail: '', password: '' },
    rules: {
      newEmail: {
        ...email,
        validate: (typed) => typed.toLowerCase() !== user.email || 'This is already your email address.',
      },
      password: hasPassword ? givenPassword : {},
    },
    fieldNames: { email: 'newEmail', currentPassword: 'password' },
    submit: async ({ newEmail, password }) => {
      await requestEmailChange(hasPassword ? { newEmail, password } : { newEmail });
      onSent(newEmail);
    },
  });

  return (
    <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
      <SettingsFailure failure={failure} />
      <TextField
        label="New email"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that opened the form has disappeared
        autoFocus
        type="email"
        autoComplete="email"
        inputMode="email"
        {...field('newEmail')}
      />
      {hasPassword && (
        <PasswordField label="Current password" autoComplete="current-password" {...field('password')} />
      )}
      <SubmitButton className="w-fit" loading={isSubmitting}>
        Send link
      </SubmitButton>
    </AccountForm>
  );
}

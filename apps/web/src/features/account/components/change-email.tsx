'use client';

import { useEffect, useState } from 'react';
import { z } from 'zod';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { toast } from '@/components/ui/toast';
import { getErrorMessage } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { useHasPassword } from '../api/accounts';
import { requestEmailChange } from '../api/email-change';
import { useAccountForm } from '../hooks/use-account-form';
import { email, givenPassword } from '../schemas';
import { AccountForm, SubmitButton } from './account-form';
import { SettingsSection } from './settings-section';

export function ChangeEmail() {
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
        <ChangeEmailForm onSent={finish} />
      ) : (
        <Button variant="outline" className="w-fit" onClick={() => setIsOpen(true)}>
          Change email
        </Button>
      )}
    </SettingsSection>
  );
}

function ChangeEmailForm({ onSent }: { onSent: (newEmail: string) => void }) {
  const { user } = useSession();
  const needsPassword = useHasPassword() ?? true;
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    schema: z.object({
      newEmail: email.refine(
        (typed) => typed.toLowerCase() !== user.email,
        'This is already your email address.',
      ),
      password: needsPassword ? givenPassword : z.string(),
    }),
    defaultValues: { newEmail: '', password: '' },
    fieldNames: { email: 'newEmail', currentPassword: 'password' },
    submit: async ({ newEmail, password }) => {
      await requestEmailChange({ newEmail, password: needsPassword ? password : undefined });
      onSent(newEmail);
    },
  });

  // The button that opened the form, and had the focus, has disappeared.
  useEffect(() => form.setFocus('newEmail'), [form]);

  if (failure?.code === 'SESSION_NOT_FRESH') {
    return <SignInAgain />;
  }
  return (
    <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
      {failure && <Alert variant="destructive">{failure.message}</Alert>}
      <TextField
        label="New email"
        type="email"
        autoComplete="email"
        inputMode="email"
        {...field('newEmail')}
      />
      {needsPassword && (
        <PasswordField label="Current password" autoComplete="current-password" {...field('password')} />
      )}
      <SubmitButton className="w-fit" loading={isSubmitting}>
        Send link
      </SubmitButton>
    </AccountForm>
  );
}

/** For users without a password, who can't prove in another way that it's them. */
function SignInAgain() {
  const { signOut } = useSession();
  const [isSigningOut, setIsSigningOut] = useState(false);

  async function handleSignOut() {
    setIsSigningOut(true);
    try {
      await signOut();
    } catch (error) {
      setIsSigningOut(false);
      toast.error(getErrorMessage(error));
    }
  }

  return (
    <>
      <Alert>For your security, sign in again. Then change your email address within ten minutes.</Alert>
      <Button className="w-fit" loading={isSigningOut} onClick={handleSignOut}>
        Sign out
      </Button>
    </>
  );
}

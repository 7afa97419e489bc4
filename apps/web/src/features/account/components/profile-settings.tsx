'use client';

import { useRouter } from 'next/navigation';
import { useWatch } from 'react-hook-form';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { authClient } from '@/lib/auth/auth-client';
import { useSession } from '@/lib/auth/session-provider';
import { useDraft } from '@/lib/forms/use-draft';
import { unwrapAuthOrSignIn } from '../api/account-error';
import { useAccountForm } from '../hooks/use-account-form';
import { name } from '../rules';
import { AccountForm, SubmitButton } from './account-form';
import { ResendVerificationButton } from './resend-verification-button';
import { SettingsSection } from './settings-section';

export function ProfileSettings() {
  const { user } = useSession();
  const router = useRouter();
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { name: user.name },
    rules: { name },
    submit: async (values) => {
      await unwrapAuthOrSignIn(authClient.updateUser(values));
      toast('Profile saved.');
      form.reset(values);
      router.refresh();
    },
  });
  const { isDirty } = form.formState;
  const typed = useWatch({ control: form.control });

  useDraft('profile', isDirty ? typed : undefined, (kept) => form.reset(kept, { keepDefaultValues: true }));

  return (
    <SettingsSection title="Profile">
      <AccountForm onSubmit={submit} className="grid max-w-md gap-5">
        {failure && <Alert variant="destructive">{failure.message}</Alert>}
        <TextField label="Name" autoComplete="name" {...field('name')} />
        <TextField label="Email" type="email" value={user.email} readOnly className="text-muted-foreground" />
        <SubmitButton className="w-fit" loading={isSubmitting}>
          Save
        </SubmitButton>
      </AccountForm>
      {!user.emailVerified && (
        <div className="grid max-w-md gap-3 border-t pt-5">
          <p className="text-sm text-muted-foreground">
            Your email isn’t verified yet. Open the link we sent you.
          </p>
          <ResendVerificationButton email={user.email} />
        </div>
      )}
    </SettingsSection>
  );
}

'use client';

import { useRouter } from 'next/navigation';
import { useWatch } from 'react-hook-form';
import { z } from 'zod';
import { TextField } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { showToast } from '@/components/ui/toasts';
import { authClient } from '@/lib/auth-client';
import { useSignedIn } from '@/lib/signed-in';
import { useDraft } from '@/lib/use-draft';
import { ownAccountAnswer } from './account-error';
import { AccountForm, SubmitButton, useAccountForm } from './account-form';
import { name } from './schemas';
import { SendVerificationButton } from './send-verification-button';
import { SettingsSection } from './settings-section';

const schema = z.object({ name });

export function ProfileSettings() {
  const { user } = useSignedIn();
  const router = useRouter();
  const { form, field, submit, failure, isSubmitting } = useAccountForm({
    schema,
    defaultValues: { name: user.name },
    submit: async (values) => {
      await ownAccountAnswer(authClient.updateUser(values));
      showToast({ tone: 'news', message: 'Your profile is saved.' });
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
        {failure && <Notice tone="error">{failure.message}</Notice>}
        <TextField label="Name" autoComplete="name" {...field('name')} />
        <TextField label="E-mail" type="email" value={user.email} readOnly className="text-muted" />
        <SubmitButton className="w-fit" busy={isSubmitting}>
          Save
        </SubmitButton>
      </AccountForm>
      {!user.emailVerified && (
        <div className="grid max-w-md gap-3 border-t border-line pt-5">
          <p className="text-sm text-muted">
            Your e-mail is not verified yet. Open the link in the message that we have sent you.
          </p>
          <SendVerificationButton email={user.email} />
        </div>
      )}
    </SettingsSection>
  );
}

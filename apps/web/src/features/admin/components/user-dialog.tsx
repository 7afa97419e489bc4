'use client';

import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { TextField } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { AccountForm, SubmitButton } from '@/features/account/components/account-form';
import { OldSignInNotice } from '@/features/account/components/old-sign-in-notice';
import { SettingsFailure } from '@/features/account/components/settings-failure';
import { useAccountForm } from '@/features/account/hooks/use-account-form';
import { useSession } from '@/lib/auth/session-provider';
import { navigateTo } from '@/lib/navigation';
import { actions } from '../actions';
import { type ActionName, adminKey, type ListedUser, performAction } from '../api/admin';
import { getAdminErrorMessage } from '../api/admin-error';
import { UserState } from './user-row';

interface UserDialogProps {
  user: ListedUser;
  onClose: () => void;
  onFocusLost: () => void;
}

/** Shows what an administrator can do with a user. Each action has a second step, which says what it does. */
export function UserDialog({ user, onClose, onFocusLost }: UserDialogProps) {
  const { user: self } = useSession();
  const isSelf = user.id === self.id;
  const [chosen, setChosen] = useState<ActionName>();
  const [isSecondStep, setIsSecondStep] = useState(false);

  function choose(name: ActionName) {
    setChosen(name);
    setIsSecondStep(true);
  }

  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent onFocusLost={onFocusLost}>
        <DialogHeader>
          <DialogTitle className="wrap-anywhere">
            {chosen && isSecondStep ? actions[chosen].label : user.name}
          </DialogTitle>
          <DialogDescription className="flex flex-wrap gap-x-3 wrap-anywhere">
            {user.email} <UserState user={user} />
          </DialogDescription>
        </DialogHeader>
        <DialogBody>
          {chosen && isSecondStep ? (
            <ActionForm name={chosen} user={user} onCancel={() => setIsSecondStep(false)} onClose={onClose} />
          ) : (
            <div className="grid gap-3">
              <OldSignInNotice purpose="change a user" />
              {user.banReason && <p className="text-sm wrap-anywhere">Reason of the ban: {user.banReason}</p>}
              {isSelf && (
                <p className="text-sm">
                  This is your account. You can delete it in the{' '}
                  <Link href="/settings/account" className="font-medium text-primary underline">
                    settings
                  </Link>
                  .
                </p>
              )}
              {listActions(user, isSelf).map((name) => (
                <Button
                  key={name}
                  variant="outline"
                  className={actions[name].isDestructive ? 'text-destructive' : undefined}
                  // oxlint-disable-next-line jsx-a11y/no-autofocus -- after “Back”, the button that had the focus before
                  autoFocus={name === chosen}
                  onClick={() => choose(name)}
                >
                  {actions[name].label}
                </Button>
              ))}
            </div>
          )}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}

function listActions({ isAdmin, isBanned, emailVerified }: ListedUser, isSelf: boolean): ActionName[] {
  const isPossible: Partial<Record<ActionName, boolean>> = {
    grant: !isAdmin && emailVerified,
    ungrant: isAdmin,
    verify: !emailVerified,
    ban: !isBanned,
    unban: isBanned,
    delete: !isSelf,
  };
  return (Object.keys(actions) as ActionName[]).filter((name) => isPossible[name] ?? true);
}

const confirmation = 'delete';

interface ActionFormProps {
  name: ActionName;
  user: ListedUser;
  onCancel: () => void;
  onClose: () => void;
}

function ActionForm({ name, user, onCancel, onClose }: ActionFormProps) {
  const queryClient = useQueryClient();
  const { user: self } = useSession();
  const { label, effect, done, isDestructive } = actions[name];
  const { field, submit, failure, isSubmitting } = useAccountForm({
    defaultValues: { reason: '', until: '', confirmation: '' },
    rules: {
      reason: {
        setValueAs: (reason: string) => reason.trim(),
        required: name === 'ban' && 'Enter a reason.',
        maxLength: { value: 500, message: 'Use at most 500 characters.' },
      },
      until: {
        validate: (until) => !until || new Date(until) > new Date() || 'Choose a time in the future.',
      },
      confirmation: {
        validate: (typed) =>
          name !== 'delete' ||
          typed.trim().toLowerCase() === confirmation ||
          `Type “${confirmation}” to confirm.`,
      },
    },
    submit: async ({ reason, until }) => {
      await performAction(name, {
        userId: user.id,
        ...(reason && { reason }),
        ...(until && { until: new Date(until).toISOString() }),
      });
      if (user.id === self.id) {
        // The session or the role may have ended, and with it this page.
        await navigateTo(location.href);
      }
      toast(`${user.email} ${done}`);
      await queryClient.invalidateQueries({ queryKey: adminKey });
      onClose();
    },
  });
  const message = failure && getAdminErrorMessage(failure);

  return (
    <AccountForm onSubmit={submit} className="grid gap-5">
      {message ? <Alert variant="destructive">{message}</Alert> : <SettingsFailure failure={failure} />}
      <p className="text-sm text-pretty">{effect}</p>
      <TextField
        label={name === 'ban' ? 'Reason' : 'Reason (optional)'}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that was chosen has disappeared
        autoFocus
        autoComplete="off"
        {...field('reason')}
      />
      {name === 'ban' && (
        <TextField
          label="Until (optional)"
          type="datetime-local"
          hint="In your time zone. Without a time, the ban has no end."
          {...field('until')}
        />
      )}
      {name === 'delete' && (
        <TextField
          label={`Type “${confirmation}” to confirm`}
          autoComplete="off"
          autoCapitalize="off"
          {...field('confirmation')}
        />
      )}
      <DialogFooter className="mt-0">
        <Button variant="ghost" onClick={onCancel}>
          Back
        </Button>
        <SubmitButton variant={isDestructive ? 'destructive' : 'default'} loading={isSubmitting}>
          {label}
        </SubmitButton>
      </DialogFooter>
    </AccountForm>
  );
}

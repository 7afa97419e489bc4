'use client';

import { useEffect, useRef } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field, FieldError, inputClassName, TextField } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { cn } from '@/lib/cn';
import { type CreatedPersonalToken, useCreateToken } from '../api/personal-tokens';
import { useAccountForm } from '../hooks/use-account-form';
import { AccountForm, SubmitButton } from './account-form';
import { OldSignInNotice } from './old-sign-in-notice';
import { SettingsFailure } from './settings-failure';

const lifetimesInDays = [7, 30, 90, 365];

const chosenScopes = {
  validate: (chosen: string[]) => chosen.length > 0 || 'Choose at least one scope.',
};

interface NewTokenValues {
  name: string;
  scopes: string[];
  expiresInDays: string;
}

interface NewTokenFormProps {
  /** The scopes to choose from. */
  scopes: string[];
  onCreated: (created: CreatedPersonalToken) => void;
  onCancel: () => void;
}

export function NewTokenForm({ scopes, onCreated, onCancel }: NewTokenFormProps) {
  const create = useCreateToken();
  const { form, field, submit, failure, isSubmitting } = useAccountForm<NewTokenValues>({
    defaultValues: { name: '', scopes: [], expiresInDays: '90' },
    rules: {
      name: {
        setValueAs: (typed: string) => typed.trim(),
        required: 'Enter a name, such as “Backup script”.',
        maxLength: { value: 100, message: 'Use at most 100 characters.' },
      },
      scopes: chosenScopes,
      expiresInDays: {},
    },
    submit: async ({ expiresInDays, ...values }) => {
      onCreated(await create.mutateAsync({ ...values, expiresInDays: Number(expiresInDays) }));
    },
  });
  const scopesError = form.formState.errors.scopes?.message;

  return (
    <AccountForm onSubmit={submit} className="grid max-w-md gap-5 border-t pt-5">
      <SettingsFailure failure={failure} />
      {!failure && <OldSignInNotice purpose="create a token" />}
      <TextField
        label="Name"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that opened the form has disappeared
        autoFocus
        autoComplete="off"
        {...field('name')}
      />
      <fieldset
        className="grid gap-1"
        aria-describedby={scopesError ? 'scopes-error scopes-hint' : 'scopes-hint'}
      >
        <legend className="mb-1 text-sm font-medium">Scopes</legend>
        {scopes.map((scope) => (
          <label key={scope} className="flex min-h-9 w-fit items-center gap-3 pointer-coarse:min-h-11">
            <input
              type="checkbox"
              value={scope}
              className="size-5 shrink-0 accent-primary"
              {...form.register('scopes', chosenScopes)}
            />
            <code className="text-sm wrap-anywhere">{scope}</code>
          </label>
        ))}
        <p id="scopes-hint" className="text-sm text-muted-foreground">
          A write scope doesn’t include reading.
        </p>
        {scopesError && <FieldError id="scopes-error">{scopesError}</FieldError>}
      </fieldset>
      <Field label="Expires after">
        {(control) => (
          <select
            {...control}
            {...form.register('expiresInDays')}
            className={cn(inputClassName, 'h-11 w-fit pr-8')}
          >
            {lifetimesInDays.map((days) => (
              <option key={days} value={days}>
                {days} days
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <SubmitButton loading={isSubmitting}>Create token</SubmitButton>
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </AccountForm>
  );
}

/** Shows a new token once, with the command that exchanges it. */
export function CreatedToken({ token }: { token: string }) {
  const field = useRef<HTMLInputElement>(null);
  const code = useRef<HTMLElement>(null);
  const command = `curl -X POST -H "Authorization: Bearer ${token}" ${location.origin}/api/auth/token/exchange`;

  // The form, and the button that had the focus, have disappeared. The page may be scrolled to where they were.
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.select();
    field.current?.scrollIntoView({ block: 'center' });
  }, []);

  return (
    <Alert variant="success">
      <div className="grid gap-3">
        <p>Copy your new token now. You won’t see it again.</p>
        <div className="flex flex-wrap gap-2">
          <input
            ref={field}
            readOnly
            aria-label="New token"
            value={token}
            className={`${inputClassName} h-10 grow basis-48 font-mono`}
          />
          <Button variant="outline" onClick={() => copy('token', token, () => field.current?.select())}>
            Copy token
          </Button>
        </div>
        <p>Exchange it for an access token, which the API accepts for 15 minutes.</p>
        <code ref={code} className="rounded-lg border border-input bg-card px-3 py-2 wrap-anywhere">
          {command}
        </code>
        <Button
          variant="outline"
          className="w-fit"
          onClick={() => copy('command', command, () => getSelection()?.selectAllChildren(code.current!))}
        >
          Copy command
        </Button>
      </div>
    </Alert>
  );
}

async function copy(name: 'token' | 'command', text: string, select: () => void) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${name === 'token' ? 'Token' : 'Command'} copied.`);
  } catch {
    // The browser offers no clipboard, for example without HTTPS.
    select();
    toast.error(`The browser can’t copy. Press Ctrl+C to copy the selected ${name}.`);
  }
}

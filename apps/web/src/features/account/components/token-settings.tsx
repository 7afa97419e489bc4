'use client';

import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { LoadFailure } from '@/components/lists/load-failure';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { type CreatedPersonalToken, type PersonalToken, usePersonalTokens } from '../api/personal-tokens';
import { CreatedToken, NewTokenForm } from './new-token';
import { RevokeTokenDialog } from './revoke-token-dialog';
import { SettingsSection } from './settings-section';
import { TokenRow } from './token-row';

/** Lists the user's personal access tokens, creates and revokes them. */
export function TokenSettings() {
  const { data, error, refetch, isFetching } = usePersonalTokens();
  const [isFormOpen, setIsFormOpen] = useState(false);
  const [created, setCreated] = useState<CreatedPersonalToken>();
  const [revoking, setRevoking] = useState<PersonalToken>();
  const heading = useRef<HTMLHeadingElement>(null);
  const newTokenButton = useRef<HTMLButtonElement>(null);

  function show(token: CreatedPersonalToken) {
    setCreated(token);
    setIsFormOpen(false);
  }

  function openForm() {
    setCreated(undefined);
    setIsFormOpen(true);
  }

  function closeForm() {
    // The button replaces the form, which has the focus.
    flushSync(() => setIsFormOpen(false));
    newTokenButton.current?.focus();
  }

  function hideRevoked(id: string) {
    setCreated((token) => (token?.id === id ? undefined : token));
  }

  return (
    <SettingsSection
      headingRef={heading}
      title="Personal access tokens"
      text="With a token, a script can use the API as you. Give each script its own, with only the scopes that it needs."
    >
      {created && <CreatedToken token={created.token} />}
      {error && <LoadFailure message={error.message} isRetrying={isFetching} onRetry={refetch} />}
      {!data && !error && (
        <div aria-busy className="grid gap-1.5">
          <p className="sr-only">Loading tokens</p>
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-4 w-24" />
        </div>
      )}
      {data?.tokens.length === 0 && <p className="text-sm text-muted-foreground">You have no tokens.</p>}
      {data && data.tokens.length > 0 && (
        <ul aria-label="Tokens" className="divide-y">
          {data.tokens.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </ul>
      )}
      {data &&
        (isFormOpen ? (
          <NewTokenForm scopes={data.scopes} onCreated={show} onCancel={closeForm} />
        ) : (
          <Button ref={newTokenButton} variant="outline" className="w-fit" onClick={openForm}>
            New token
          </Button>
        ))}
      {revoking && (
        <RevokeTokenDialog
          token={revoking}
          onRevoked={hideRevoked}
          onClose={() => setRevoking(undefined)}
          onFocusLost={() => heading.current?.focus()}
        />
      )}
    </SettingsSection>
  );
}

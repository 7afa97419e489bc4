'use client';

import { useState } from 'react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { useNow } from '@/lib/hooks/use-now';
import { type CreatedPersonalToken, type PersonalToken, usePersonalTokens } from '../api/personal-tokens';
import { CreatedToken, NewTokenForm } from './new-token';
import { RevokeTokenDialog } from './revoke-token-dialog';
import { SettingsSection } from './settings-section';

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Lists the user's personal access tokens, creates and revokes them. */
export function TokenSettings() {
  const { data, error, refetch, isFetching } = usePersonalTokens();
  const [isFormOpen, setIsFormOpen] = useState(false);
  const [created, setCreated] = useState<CreatedPersonalToken>();
  const [revoking, setRevoking] = useState<PersonalToken>();

  function show(token: CreatedPersonalToken) {
    setCreated(token);
    setIsFormOpen(false);
  }

  function openForm() {
    setCreated(undefined);
    setIsFormOpen(true);
  }

  function hideRevoked(id: string) {
    setCreated((token) => (token?.id === id ? undefined : token));
  }

  return (
    <SettingsSection
      title="Personal access tokens"
      text="With a token, a script can use the API as you. Give each script its own, with only the scopes that it needs."
    >
      {created && <CreatedToken token={created.token} />}
      {error && (
        <Alert variant="destructive">
          <div className="flex flex-wrap items-center justify-between gap-3">
            {error.message}
            <Button variant="outline" size="sm" loading={isFetching} onClick={() => refetch()}>
              Try again
            </Button>
          </div>
        </Alert>
      )}
      {!data && !error && (
        <div aria-busy className="grid gap-1.5">
          <p className="sr-only">Loading tokens</p>
          <Skeleton className="h-5 w-40" />
          <Skeleton className="h-4 w-24" />
        </div>
      )}
      {data && data.tokens.length > 0 && (
        <ul aria-label="Tokens" className="divide-y">
          {data.tokens.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </ul>
      )}
      {data &&
        (isFormOpen ? (
          <NewTokenForm scopes={data.scopes} onCreated={show} onCancel={() => setIsFormOpen(false)} />
        ) : (
          <Button variant="outline" className="w-fit" onClick={openForm}>
            New token
          </Button>
        ))}
      {revoking && (
        <RevokeTokenDialog token={revoking} onRevoked={hideRevoked} onClose={() => setRevoking(undefined)} />
      )}
    </SettingsSection>
  );
}

function TokenRow({ token, onRevoke }: { token: PersonalToken; onRevoke: () => void }) {
  const expiresAt = new Date(token.expiresAt);
  const isExpired = expiresAt <= useNow();
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3.5 first:pt-0 last:pb-0">
      <div className="grid min-w-0 gap-0.5">
        <p className="font-medium wrap-anywhere">
          {token.name}{' '}
          <code className="text-sm font-normal text-muted-foreground">…{token.lastCharacters}</code>
        </p>
        <p className="text-sm wrap-anywhere">{token.scopes.join(', ')}</p>
        <p className="text-sm text-muted-foreground">
          {isExpired ? (
            <span className="font-medium text-destructive">Expired on {date.format(expiresAt)}</span>
          ) : (
            `Expires on ${date.format(expiresAt)}`
          )}
          {token.lastUsedAt ? `, last used on ${date.format(new Date(token.lastUsedAt))}` : ', never used'}
        </p>
      </div>
      <Button variant="outline" size="sm" aria-label={`Revoke ${token.name}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}

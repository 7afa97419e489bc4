'use client';

import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { LoadFailure } from '@/components/lists/load-failure';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { authClient } from '@/lib/auth/auth-client';
import { unwrapAuthOrSignIn } from '../api/account-error';
import type { Account, Provider } from '../api/sign-in-methods';
import { SettingsFailure } from './settings-failure';
import { SettingsSection } from './settings-section';

const connectedOn = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

interface ConnectionSettingsProps {
  providers: Provider[];
  /** Undefined if the auth server is unavailable. */
  accounts: Account[] | undefined;
  /** By provider id. */
  icons: Record<string, ReactNode>;
  /** Why the last attempt to connect a provider has failed. */
  error: string | undefined;
}

/** Lists the accounts that the user can sign in with, and the providers that they can connect. */
export function ConnectionSettings({ providers, accounts, icons, error }: ConnectionSettingsProps) {
  const router = useRouter();
  const names = new Map(providers.map(({ id, name }) => [id, name]));
  const connect = useMutation({ mutationFn: connectProvider });
  const disconnect = useMutation({
    mutationFn: ({ id }: Account) =>
      unwrapAuthOrSignIn(
        authClient.$fetch('/disconnect-provider', { method: 'POST', body: { accountId: id } }),
      ),
    onSuccess: (_, { providerId }) => toast(`${names.get(providerId) ?? providerId} disconnected.`),
    onSettled: () => router.refresh(),
  });
  const failure = disconnect.error ?? connect.error;

  if (!accounts) {
    return (
      <SettingsSection title="Connections">
        <LoadFailure
          message="The server is unavailable. Try again in a moment."
          onRetry={() => router.refresh()}
        />
      </SettingsSection>
    );
  }

  const connected = accounts.filter(({ providerId }) => providerId !== 'credential');
  const usable = accounts.filter(({ providerId }) => providerId === 'credential' || names.has(providerId));
  const connectable = providers.filter(({ id }) => !connected.some(({ providerId }) => providerId === id));
  const isOnlyWay = (account: Account) => usable.length === 1 && usable[0] === account;

  return (
    <SettingsSection
      title="Connections"
      text="Other accounts that you can sign in with. Disconnecting one signs you out on your other devices."
    >
      {failure ? (
        <SettingsFailure failure={failure} />
      ) : (
        error && <Alert variant="destructive">{error}</Alert>
      )}
      <ul aria-label="Connections" className="divide-y">
        {connected.map((account) => {
          const name = names.get(account.providerId) ?? account.providerId;
          return (
            <ConnectionRow
              key={account.id}
              icon={icons[account.providerId]}
              name={name}
              text={
                names.has(account.providerId)
                  ? `Connected on ${connectedOn.format(new Date(account.createdAt))}`
                  : 'No longer available'
              }
            >
              {!isOnlyWay(account) && (
                <Button
                  variant="outline"
                  size="sm"
                  aria-label={`Disconnect ${name}`}
                  loading={disconnect.isPending && disconnect.variables === account}
                  onClick={() => disconnect.mutate(account)}
                >
                  Disconnect
                </Button>
              )}
            </ConnectionRow>
          );
        })}
        {connectable.map(({ id, name }) => (
          <ConnectionRow key={id} icon={icons[id]} name={name} text="Not connected">
            <Button
              variant="outline"
              size="sm"
              aria-label={`Connect ${name}`}
              loading={connect.isPending && connect.variables === id}
              onClick={() => connect.mutate(id)}
            >
              Connect
            </Button>
          </ConnectionRow>
        ))}
      </ul>
      {connected.some(isOnlyWay) && (
        <p className="text-sm text-muted-foreground">
          You have no other way to sign in.{' '}
          <Link href="/settings/password" className="font-medium text-primary underline underline-offset-4">
            Add a password
          </Link>{' '}
          before you disconnect this account.
        </p>
      )}
    </SettingsSection>
  );
}

interface ConnectionRowProps {
  icon: ReactNode;
  name: string;
  text: string;
  children: ReactNode;
}

function ConnectionRow({ icon, name, text, children }: ConnectionRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5 first:pt-0 last:pb-0">
      <div className="flex min-w-0 grow items-center gap-4">
        {icon}
        <div className="min-w-0">
          <p className="font-medium wrap-anywhere">{name}</p>
          <p className="text-sm text-muted-foreground">{text}</p>
        </div>
      </div>
      {children}
    </li>
  );
}

/** Leaves the page: the client loads the provider's page, which leads back to this one. */
async function connectProvider(id: string) {
  const url = location.origin + location.pathname;
  await unwrapAuthOrSignIn(authClient.linkSocial({ provider: id, callbackURL: url, errorCallbackURL: url }));
}

import type { Metadata } from 'next';
import { getAccounts, getProviders } from '@/features/account/api/sign-in-methods';
import { ConnectionSettings } from '@/features/account/components/connection-settings';
import { ProviderIcon } from '@/features/account/components/provider-icon';
import { getConnectError } from '@/features/account/provider-errors';
import { firstValue, type SearchParams } from '@/lib/navigation';

export const metadata: Metadata = { title: 'Connections' };

export default async function ConnectionsPage({ searchParams }: { searchParams: SearchParams }) {
  const [providers, accounts, { error }] = await Promise.all([getProviders(), getAccounts(), searchParams]);
  const ids = new Set(
    [...providers, ...(accounts ?? []).map(({ providerId }) => ({ id: providerId }))].map(({ id }) => id),
  );
  return (
    <ConnectionSettings
      providers={providers}
      accounts={accounts}
      icons={Object.fromEntries([...ids].map((id) => [id, <ProviderIcon key={id} id={id} />]))}
      error={getConnectError(firstValue(error))}
    />
  );
}

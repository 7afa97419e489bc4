import type { ReactNode } from 'react';
import { getAccounts, getProviders } from '@/features/account/api/sign-in-methods';
import { SettingsTabs } from '@/features/account/components/settings-tabs';
import { OutboxLink } from '@/features/outbox/components/outbox-link';

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const hasConnections =
    (await getProviders()).length > 0 ||
    (await getAccounts())?.some(({ providerId }) => providerId !== 'credential');
  return (
    <div className="grid gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">Settings</h1>
      <div className="grid gap-6 md:grid-cols-[11rem_minmax(0,1fr)] md:gap-10">
        <SettingsTabs hasConnections={hasConnections} />
        <div>{children}</div>
      </div>
      <OutboxLink />
    </div>
  );
}

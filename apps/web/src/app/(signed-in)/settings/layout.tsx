import type { ReactNode } from 'react';
import { SettingsTabs } from '@/features/account/components/settings-tabs';

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="grid gap-6">
      <h1 className="text-3xl font-semibold tracking-tight">Settings</h1>
      <div className="grid gap-6 md:grid-cols-[11rem_minmax(0,1fr)] md:gap-10">
        <SettingsTabs />
        <div>{children}</div>
      </div>
    </div>
  );
}

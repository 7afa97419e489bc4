import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { AppearanceSettings } from '@/features/account/components/appearance-settings';
import { parseTheme, themeCookie } from '@/lib/preferences/theme';

export const metadata: Metadata = { title: 'Appearance' };

export default async function AppearancePage() {
  const theme = parseTheme((await cookies()).get(themeCookie)?.value);
  return <AppearanceSettings theme={theme} />;
}

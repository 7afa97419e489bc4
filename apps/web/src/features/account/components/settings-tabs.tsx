'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/cn';

const tabs = [
  { path: '/settings/profile', name: 'Profile' },
  { path: '/settings/password', name: 'Password' },
  { path: '/settings/sessions', name: 'Sessions' },
  { path: '/settings/appearance', name: 'Appearance' },
  { path: '/settings/account', name: 'Delete account' },
];

export function SettingsTabs() {
  const pathname = usePathname();
  return (
    <nav aria-label="Settings" className="-mx-1 flex flex-wrap gap-1 md:mx-0 md:flex-col">
      {tabs.map(({ path, name }) => (
        <Link
          key={path}
          href={path}
          aria-current={path === pathname ? 'page' : undefined}
          className={cn(
            'rounded-lg px-3 py-2 text-[0.9375rem] text-muted-foreground transition-colors hover:bg-accent hover:text-foreground',
            path === pathname && 'bg-muted font-medium text-foreground',
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

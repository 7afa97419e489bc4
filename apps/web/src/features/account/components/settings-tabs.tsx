'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/cn';

const connectionsPath = '/settings/connections';

const tabs = [
  { path: '/settings/profile', name: 'Profile' },
  { path: '/settings/password', name: 'Password' },
  { path: connectionsPath, name: 'Connections' },
  { path: '/settings/sessions', name: 'Sessions' },
  { path: '/settings/tokens', name: 'Tokens' },
  { path: '/settings/appearance', name: 'Appearance' },
  { path: '/settings/account', name: 'Delete account' },
];

/** On a phone, the tabs scroll sideways. */
function scrollIntoView(tab: HTMLElement | null) {
  tab?.scrollIntoView({ block: 'nearest', inline: 'center' });
}

export function SettingsTabs({ hasConnections = false }: { hasConnections?: boolean }) {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Settings"
      className="-mx-4 -my-1 flex gap-1 overflow-x-auto px-4 py-1 sm:-mx-6 sm:px-6 md:m-0 md:flex-col md:overflow-visible md:p-0"
    >
      {tabs
        .filter(({ path }) => hasConnections || path !== connectionsPath)
        .map(({ path, name }) => (
          <Link
            key={path}
            href={path}
            ref={path === pathname ? scrollIntoView : undefined}
            aria-current={path === pathname ? 'page' : undefined}
            className={cn(
              'flex min-h-10 shrink-0 items-center rounded-lg px-3 text-[0.9375rem] pointer-coarse:min-h-11 text-muted-foreground transition-colors hover:bg-accent hover:text-foreground',
              path === pathname && 'bg-muted font-medium text-foreground',
            )}
          >
            {name}
          </Link>
        ))}
    </nav>
  );
}

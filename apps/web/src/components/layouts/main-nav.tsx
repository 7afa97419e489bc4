'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/cn';
import { navItems } from './nav-items';

/** Links to the main pages of the app. Hidden while there is only one. */
export function MainNav() {
  const path = usePathname();
  if (navItems.length < 2) {
    return null;
  }
  return (
    <nav aria-label="Main" className="flex min-w-0 grow gap-1 overflow-x-auto">
      {navItems.map(({ href, label }) => {
        const isCurrent = path === href || path.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            aria-current={isCurrent ? 'page' : undefined}
            className={cn(
              'rounded-lg px-3 py-1.5 text-sm font-medium whitespace-nowrap transition-colors hover:bg-accent',
              isCurrent ? 'text-foreground' : 'text-muted-foreground',
            )}
          >
            {label}
          </Link>
        );
      })}
    </nav>
  );
}

'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/cn';

const tabs = [
  { path: '/admin/users', name: 'Users' },
  { path: '/admin/audit-log', name: 'Audit log' },
];

/** Links to the pages for administrators. */
export function AdminTabs() {
  const pathname = usePathname();
  return (
    <nav aria-label="Administration" className="flex gap-1">
      {tabs.map(({ path, name }) => (
        <Link
          key={path}
          href={path}
          aria-current={path === pathname ? 'page' : undefined}
          className={cn(
            'flex min-h-10 items-center rounded-lg px-3 text-[0.9375rem] text-muted-foreground transition-colors hover:bg-accent hover:text-foreground pointer-coarse:min-h-11',
            path === pathname && 'bg-muted font-medium text-foreground',
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

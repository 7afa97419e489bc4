'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/lib/cn';
import { sections } from '@/lib/sections';

/** The way from one section to another, where there are several. */
export function SectionLinks() {
  const path = usePathname();
  if (sections.length < 2) return null;
  return (
    <nav aria-label="Sections" className="flex min-w-0 grow gap-1 overflow-x-auto">
      {sections.map(({ href, name }) => {
        const isHere = path === href || path.startsWith(`${href}/`);
        return (
          <Link
            key={href}
            href={href}
            aria-current={isHere ? 'page' : undefined}
            className={cn(
              'rounded-lg px-3 py-1.5 text-sm font-medium whitespace-nowrap transition-colors hover:bg-hover',
              isHere ? 'text-text' : 'text-muted',
            )}
          >
            {name}
          </Link>
        );
      })}
    </nav>
  );
}

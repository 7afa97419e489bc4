'use client';

import { Menu } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useId, useRef } from 'react';
import { cn } from '@/lib/cn';
import type { NavItem } from './nav-items';

interface MainNavProps {
  sections: NavItem[];
  className?: string;
  onNavigate?: () => void;
}

/** Links to the sections of the app. Shows which one is open. */
export function MainNav({ sections, className, onNavigate }: MainNavProps) {
  const path = usePathname();
  return (
    <nav aria-label="Main" className={cn('flex min-w-0 gap-1 overflow-x-auto p-1', className)}>
      {sections.map((section) => {
        const isCurrent = section === currentSection(sections, path);
        return (
          <Link
            key={section.href}
            href={section.href}
            aria-current={isCurrent ? 'page' : undefined}
            onClick={onNavigate}
            className={cn(
              'flex min-h-9 items-center rounded-lg px-3 text-[0.9375rem] font-medium whitespace-nowrap transition-colors hover:bg-accent pointer-coarse:min-h-11',
              isCurrent ? 'bg-muted text-foreground' : 'text-muted-foreground hover:text-foreground',
            )}
          >
            {section.label}
          </Link>
        );
      })}
    </nav>
  );
}

/** Opens the sections on small screens, where a sidebar has no room. A native popover, like the account menu. */
export function MenuButton({ sections }: { sections: NavItem[] }) {
  const menuId = useId();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button
        type="button"
        aria-label="Menu"
        popoverTarget={menuId}
        className="-ml-2 grid size-11 shrink-0 place-items-center rounded-lg transition-colors hover:bg-accent lg:hidden"
      >
        <Menu aria-hidden className="size-5" />
      </button>
      <div
        ref={menu}
        id={menuId}
        popover="auto"
        className="fixed inset-auto top-14 left-4 max-h-[80dvh] w-64 animate-in fade-in-0 duration-150 ease-out overflow-y-auto rounded-xl border bg-popover p-1 text-foreground shadow-float lg:hidden"
      >
        <MainNav sections={sections} className="flex-col" onNavigate={() => menu.current?.hidePopover()} />
      </div>
    </>
  );
}

function currentSection(sections: NavItem[], path: string): NavItem | undefined {
  return sections.find(({ href }) => path === href || path.startsWith(`${href}/`));
}

import Link from 'next/link';
import type { ReactNode } from 'react';
import { AccountMenu } from './account-menu';
import { Logo } from './logo';
import { MainNav, MenuButton } from './main-nav';
import type { NavItem } from './nav-items';
import { OfflineNotice } from './offline-notice';

/** From this number of sections on, they are in a sidebar, and on small screens in a menu. */
const minSectionsOfSidebar = 4;

interface AppShellProps {
  sections: NavItem[];
  children: ReactNode;
}

/** The layout of every page after sign-in. */
export function AppShell({ sections, children }: AppShellProps) {
  const hasSidebar = sections.length >= minSectionsOfSidebar;
  return (
    <div className={hasSidebar ? '[--shell-width:48rem] lg:[--shell-width:72rem]' : '[--shell-width:48rem]'}>
      <a
        href="#content"
        className="sr-only z-60 rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-30 border-b bg-background/90 backdrop-blur-sm">
        <div className="mx-auto flex h-15 max-w-(--shell-width) items-center gap-2 px-4 sm:gap-4 sm:px-6">
          {hasSidebar && <MenuButton sections={sections} />}
          <Link href="/tasks" className="flex min-h-11 min-w-11 items-center rounded-lg">
            <Logo isCompact={!hasSidebar} />
          </Link>
          <div className="flex min-w-0 grow">{!hasSidebar && <MainNav sections={sections} />}</div>
          <AccountMenu />
        </div>
      </header>
      <div className="mx-auto flex max-w-(--shell-width)">
        {hasSidebar && (
          <div className="sticky top-15 hidden h-[calc(100dvh-3.75rem)] w-56 shrink-0 overflow-y-auto border-r py-10 pr-4 pl-6 lg:block">
            <MainNav sections={sections} className="flex-col" />
          </div>
        )}
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-3xl min-w-0 px-4 pt-7 pb-32 outline-none sm:px-6 sm:pt-10"
        >
          <OfflineNotice />
          {children}
        </main>
      </div>
    </div>
  );
}

import Link from 'next/link';
import type { ReactNode } from 'react';
import { AccountMenu } from './account-menu';
import { Logo } from './logo';
import { MainNav } from './main-nav';
import { OfflineNotice } from './offline-notice';

/** The layout of every page after sign-in. */
export function AppShell({ children }: { children: ReactNode }) {
  return (
    <>
      <a
        href="#content"
        className="sr-only z-60 rounded-lg bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <header className="sticky top-0 z-30 border-b bg-background/90 backdrop-blur-sm">
        <div className="mx-auto flex h-15 max-w-3xl items-center justify-between gap-4 px-4 sm:px-6">
          <Link href="/tasks" className="flex rounded-lg">
            <Logo />
          </Link>
          <MainNav />
          <AccountMenu />
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto max-w-3xl px-4 pt-7 pb-32 outline-none sm:px-6 sm:pt-10"
      >
        <OfflineNotice />
        {children}
      </main>
    </>
  );
}

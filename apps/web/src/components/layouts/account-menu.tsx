'use client';

import { Keyboard, LogOut, Settings } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useId, useRef, useState } from 'react';
import { toast } from '@/components/ui/toast';
import { getErrorMessage } from '@/lib/api/api-error';
import { useSession } from '@/lib/auth/session-provider';
import { useHydrated } from '@/lib/hooks/use-hydrated';

const KeyboardShortcutsDialog = dynamic(
  () => import('./keyboard-shortcuts-dialog').then((module) => module.KeyboardShortcutsDialog),
  { ssr: false },
);

const itemStyle =
  'flex h-11 w-full items-center gap-3 rounded-lg px-3 text-left text-[0.9375rem] transition-colors hover:bg-accent';

/** A native popover: the browser opens and closes it, also with Escape, before the scripts have loaded. */
export function AccountMenu() {
  const { user, signOut } = useSession();
  const isHydrated = useHydrated();
  const menuId = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [isSigningOut, setIsSigningOut] = useState(false);
  const [helpIsOpen, setHelpIsOpen] = useState(false);

  function showHelp() {
    menu.current?.hidePopover();
    setHelpIsOpen(true);
  }

  async function handleSignOut() {
    setIsSigningOut(true);
    try {
      await signOut();
    } catch (error) {
      setIsSigningOut(false);
      toast.error(`You’re still signed in. ${getErrorMessage(error)}`);
    }
  }

  return (
    <>
      <button
        type="button"
        aria-label="Account"
        popoverTarget={menuId}
        data-initials={initialsOf(user.name)}
        className="group -mr-1 grid size-11 shrink-0 place-items-center rounded-full text-sm font-semibold text-primary before:grid before:size-9 before:place-items-center before:rounded-full before:bg-primary-soft before:transition-shadow before:content-[attr(data-initials)] hover:before:ring-4 hover:before:ring-primary/15"
      ></button>
      <div
        ref={menu}
        id={menuId}
        popover="auto"
        className="fixed inset-auto top-14 right-[max(1rem,calc(50vw-var(--shell-width)/2+1.5rem))] w-64 animate-in fade-in-0 duration-150 ease-out rounded-xl border bg-popover p-1.5 text-foreground shadow-float"
      >
        <div className="px-3 pt-2 pb-3">
          <p className="truncate font-medium">{user.name}</p>
          <p className="truncate text-sm text-muted-foreground">{user.email}</p>
        </div>
        <hr className="-mx-1.5 mb-1.5" />
        <Link href="/settings/profile" className={itemStyle} onClick={() => menu.current?.hidePopover()}>
          <Settings aria-hidden className="size-4.5 text-muted-foreground" />
          Settings
        </Link>
        <button type="button" disabled={!isHydrated} className={itemStyle} onClick={showHelp}>
          <Keyboard aria-hidden className="size-4.5 text-muted-foreground" />
          Keyboard shortcuts
        </button>
        <button
          type="button"
          disabled={!isHydrated}
          aria-busy={isSigningOut || undefined}
          className={itemStyle}
          onClick={handleSignOut}
        >
          <LogOut aria-hidden className="size-4.5 text-muted-foreground" />
          Sign out
        </button>
      </div>
      {helpIsOpen && <KeyboardShortcutsDialog onClose={() => setHelpIsOpen(false)} />}
    </>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return initials.join('').toUpperCase() || '?';
}

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Logo } from '@/components/layouts/logo';
import { OutboxLink } from '@/features/outbox/components/outbox-link';

export default function AccountLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-md content-start gap-6 px-4 py-8 sm:content-center sm:pb-[18vh]">
      <Link href="/" className="flex min-h-11 w-fit items-center rounded-lg px-2 sm:justify-self-center">
        <Logo />
      </Link>
      <div className="rounded-2xl border bg-card p-5 shadow-card sm:p-8">{children}</div>
      <OutboxLink />
    </main>
  );
}

'use client';

import type { ComponentProps, FormEvent, ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { useHydrated } from '@/lib/hooks/use-hydrated';

interface AccountFormProps {
  onSubmit: (event: FormEvent<HTMLFormElement>) => unknown;
  className?: string;
  children: ReactNode;
}

/** Sent by POST where it is ever sent by the browser itself: a password has no place in an address. */
export function AccountForm({ onSubmit, className, children }: AccountFormProps) {
  return (
    <form noValidate method="post" onSubmit={onSubmit} className={className}>
      {children}
    </form>
  );
}

/** Can be pressed as soon as the page's scripts are at work. */
export function SubmitButton(props: Omit<ComponentProps<typeof Button>, 'type' | 'disabled'>) {
  const isHydrated = useHydrated();
  return <Button type="submit" disabled={!isHydrated} {...props} />;
}
